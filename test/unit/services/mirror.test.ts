import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import fc from "fast-check";
import { parseRange } from "../../../lab/services/mirror/range.ts";
import { createMirror } from "../../../lab/services/mirror/server.ts";
import { temporaryDirectory } from "./temporary.ts";

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

describe("package mirror", () => {
  const directory = temporaryDirectory();
  const lines: string[] = [];
  let server: Server;

  before((done) => {
    const root = join(directory, "root");
    mkdirSync(join(root, "pool"), { recursive: true });
    writeFileSync(join(directory, "secret"), "outside");
    writeFileSync(join(root, "pool", "a b.tar.gz"), "0123456789");
    writeFileSync(join(root, "empty"), "");
    symlinkSync(join(directory, "secret"), join(root, "link"));
    server = createMirror(root, (line) => lines.push(line)).listen(0, "127.0.0.1", done);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  // Not fetch: it would resolve the dots of a path before the server sees them.
  function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port, path, headers, method }, (response) => {
        text(response).then((body) => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        }, reject);
      })
        .once("error", reject)
        .end();
    });
  }

  const file = "/pool/a%20b.tar.gz";

  it("serves a file whole", async () => {
    const { status, headers, body } = await get(`${file}?x=1`);
    expect({ status, body }).to.deep.equal({ status: 200, body: "0123456789" });
    expect(headers).to.include({ "content-length": "10", "accept-ranges": "bytes" });
    expect(lines.at(-1)).to.match(/^\S+Z GET \/pool\/a%20b\.tar\.gz 200 [\d.]+ms$/);
  });

  it("serves HEAD and an empty file", async () => {
    const head = await get(file, {}, "HEAD");
    expect(head).to.include({ status: 200, body: "" });
    expect(head.headers["content-length"]).to.equal("10");
    const empty = await get("/empty");
    expect(empty).to.include({ status: 200, body: "" });
    expect(empty.headers["content-length"]).to.equal("0");
  });

  it("resumes", async () => {
    const { status, headers, body } = await get(file, { range: "bytes=4-" });
    expect({ status, body }).to.deep.equal({ status: 206, body: "456789" });
    expect(headers).to.include({ "content-length": "6", "content-range": "bytes 4-9/10" });
    const fresh = await get(file, { range: "bytes=4-", "if-range": headers.etag ?? "" });
    expect(fresh.status).to.equal(206);
    const changed = await get(file, { range: "bytes=4-", "if-range": '"other"' });
    expect(changed).to.include({ status: 200, body: "0123456789" });
    const beyond = await get(file, { range: "bytes=10-" });
    expect(beyond.status).to.equal(416);
    expect(beyond.headers["content-range"]).to.equal("bytes */10");
  });

  for (const path of [
    "/../secret",
    "/%2e%2e/secret",
    "/pool/..%2f..%2fsecret",
    "/link",
    "/pool",
    "/",
    "/none",
    "/%zz",
    "/a%00b",
  ]) {
    it(`has nothing at ${path}`, async () => {
      expect(await get(path)).to.include({ status: 404, body: "" });
    });
  }

  it("refuses to be written to", async () => {
    const { status, headers } = await get(file, {}, "PUT");
    expect(status).to.equal(405);
    expect(headers.allow).to.equal("GET, HEAD");
  });

  it("finds a range within the file, whatever is asked for", () => {
    const bound = fc.option(fc.nat(50).map(String), { nil: "" });
    fc.assert(
      fc.property(bound, bound, fc.nat(40), (first, last, size) => {
        const range = parseRange(`bytes=${first}-${last}`, size);
        if (range === undefined || range === "unsatisfiable") return;
        expect(range.start).to.be.at.least(0);
        expect(range.end).to.be.within(range.start, size - 1);
      }),
    );
    expect(parseRange("bytes=-3", 10)).to.deep.equal({ start: 7, end: 9 });
    expect(parseRange("bytes=0-1,4-5", 10)).to.equal(undefined);
    expect(parseRange("lines=0-1", 10)).to.equal(undefined);
  });
});
