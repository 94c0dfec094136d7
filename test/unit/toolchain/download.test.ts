import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { ChecksumError } from "../../../lab/toolchain/errors.ts";
import type { Program } from "../../../lab/toolchain/program.ts";
import { installDownload, isDownloadable } from "../../../lab/toolchain/sources/download.ts";
import { close, listen } from "../loopback.ts";
import { rejection } from "../rejection.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";

describe("a toolchain download", () => {
  const newDirectory = temporaryDirectories();
  const context = { report: () => undefined };
  let archive: Buffer;
  let server: Server;
  let port: number;
  let probes = 0;

  before(async () => {
    const directory = newDirectory();
    mkdirSync(join(directory, "sample-1.2.3"));
    writeFileSync(join(directory, "sample-1.2.3", "sample"), "\x7fELF", { mode: 0o755 });
    execFileSync("tar", ["-C", directory, "-czf", join(directory, "sample.tar.gz"), "sample-1.2.3"]);
    archive = readFileSync(join(directory, "sample.tar.gz"));
    server = createServer((request, response) => {
      if (request.method === "HEAD") probes += 1;
      response.writeHead(request.url === "/sample.tar.gz" ? 200 : 404).end(archive);
    });
    port = await listen(server);
  });
  after(() => close(server));

  const program = (path: string, sha256 = createHash("sha256").update(archive).digest("hex")): Program => ({
    version: "1.2.3",
    commands: ["sample"],
    download: { url: `http://127.0.0.1:${port}${path}`, sha256 },
    source: { kind: "debian", package: "sample" },
  });

  it("probes each host only once", async () => {
    expect(await isDownloadable(program("/sample.tar.gz"))).to.equal(true);
    expect(await isDownloadable(program("/sample.tar.gz"))).to.equal(true);
    expect(probes).to.equal(1);
    const without: Program = { ...program("/sample.tar.gz"), download: undefined };
    expect(await isDownloadable(without)).to.equal(false);
    const nowhere = { url: "http://127.0.0.1:1/sample.tar.gz", sha256: "" };
    expect(await isDownloadable({ ...without, download: nowhere })).to.equal(false);
  });

  it("is unpacked if it has the pinned checksum", async () => {
    const draft = newDirectory();
    const origin = await installDownload("sample", program("/sample.tar.gz"), draft, context);
    expect(origin).to.include({ from: "download", version: "1.2.3" });
    expect(readFileSync(join(draft, "bin", "sample"), "latin1")).to.equal("\x7fELF");
  });

  it("is refused with a wrong checksum or an HTTP error", async () => {
    const attempt = (wanted: Program) =>
      rejection(installDownload("sample", wanted, newDirectory(), context));
    expect(await attempt(program("/sample.tar.gz", "0".repeat(64)))).to.be.instanceOf(ChecksumError);
    expect(String(await attempt(program("/gone.tar.gz")))).to.contain(
      "could not be downloaded: HTTP status 404",
    );
  });
});
