import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChecksumError } from "../../../lab/toolchain/errors.ts";
import type { Program } from "../../../lab/toolchain/program.ts";
import { installDownload, isDownloadable } from "../../../lab/toolchain/sources/download.ts";

describe("toolchain: the vendor's download", () => {
  const context = { report: () => undefined };
  let directory: string;
  let archive: Buffer;
  let server: Server;
  let probes = 0;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "download-"));
    mkdirSync(join(directory, "sample-1.2.3"));
    writeFileSync(join(directory, "sample-1.2.3", "sample"), "\x7fELF", { mode: 0o755 });
    execFileSync("tar", ["-C", directory, "-czf", join(directory, "sample.tar.gz"), "sample-1.2.3"]);
    archive = readFileSync(join(directory, "sample.tar.gz"));
    server = createServer((request, response) => {
      if (request.method === "HEAD") probes += 1;
      response.writeHead(request.url === "/sample.tar.gz" ? 200 : 404).end(archive);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    server.close();
    rmSync(directory, { recursive: true });
  });

  const program = (path: string, sha256 = createHash("sha256").update(archive).digest("hex")): Program => ({
    version: "1.2.3",
    commands: ["sample"],
    download: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, sha256 },
    source: { kind: "debian", package: "sample" },
  });

  it("asks a host once whether it can be reached", async () => {
    expect(await isDownloadable(program("/sample.tar.gz"))).to.equal(true);
    expect(await isDownloadable(program("/sample.tar.gz"))).to.equal(true);
    expect(probes).to.equal(1);
    const without: Program = { ...program("/sample.tar.gz"), download: undefined };
    expect(await isDownloadable(without)).to.equal(false);
    const nowhere = { url: "http://127.0.0.1:1/sample.tar.gz", sha256: "" };
    expect(await isDownloadable({ ...without, download: nowhere })).to.equal(false);
  });

  it("unpacks what has the pinned checksum", async () => {
    const draft = mkdtempSync(join(directory, "draft-"));
    const origin = await installDownload("sample", program("/sample.tar.gz"), draft, context);
    expect(origin).to.include({ from: "download", version: "1.2.3" });
    expect(readFileSync(join(draft, "bin", "sample"), "latin1")).to.equal("\x7fELF");
  });

  it("refuses what has another checksum, and says what the server answered otherwise", async () => {
    const attempt = (wanted: Program) =>
      installDownload("sample", wanted, mkdtempSync(join(directory, "draft-")), context).catch(
        (e: unknown) => e,
      );
    expect(await attempt(program("/sample.tar.gz", "0".repeat(64)))).to.be.instanceOf(ChecksumError);
    expect(String(await attempt(program("/gone.tar.gz")))).to.contain(
      "could not be downloaded: HTTP status 404",
    );
  });
});
