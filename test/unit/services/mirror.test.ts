import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request, type Server } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import fc from "fast-check";
import { parseRange } from "../../../lab/services/mirror/range.ts";
import { createMirror } from "../../../lab/services/mirror/server.ts";
import { close, listen } from "../loopback.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

describe("the package mirror", () => {
  const newDirectory = temporaryDirectories();
  const lines: string[] = [];
  let server: Server;
  let port: number;

  before(async () => {
    const directory = newDirectory();
    const root = join(directory, "root");
    mkdirSync(join(root, "pool"), { recursive: true });
    writeFileSync(join(directory, "secret"), "outside");
    writeFileSync(join(root, "pool", "a b.tar.gz"), "0123456789");
    writeFileSync(join(root, "empty"), "");
    symlinkSync(join(directory, "secret"), join(root, "link"));
    server = createMirror(root, (line) => lines.push(line));
    port = await listen(server);
  });
  after(() => close(server));

  // Not fetch, which resolves the dots of a path before it sends the path.
  function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
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

  it("serves a whole file", async () => {
    const { status, headers, body } = await get(`${file}?x=1`);
    expect({ status, body }).to.deep.equal({ status: 200, body: "0123456789" });
    expect(headers).to.include({ "content-length": "10", "accept-ranges": "bytes" });
    expect(lines.at(-1)).to.match(/^\S+Z GET \/pool\/a%20b\.tar\.gz 200 [\d.]+ms$/);
  });

  it("answers HEAD requests and serves an empty file", async () => {
    const head = await get(file, {}, "HEAD");
    expect(head).to.include({ status: 200, body: "" });
    expect(head.headers["content-length"]).to.equal("10");
    const empty = await get("/empty");
    expect(empty).to.include({ status: 200, body: "" });
    expect(empty.headers["content-length"]).to.equal("0");
  });

  it("serves a range to resume a download", async () => {
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
    it(`answers ${path} with 404`, async () => {
      expect(await get(path)).to.include({ status: 404, body: "" });
    });
  }

  it("refuses PUT requests", async () => {
    const { status, headers } = await get(file, {}, "PUT");
    expect(status).to.equal(405);
    expect(headers.allow).to.equal("GET, HEAD");
  });

  it("limits any requested range to the size of the file", () => {
    const bytes = (size: number) => Array.from({ length: size }, (_, index) => index);
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(40), (first, length, size) => {
        const all = bytes(size);
        const last = first + length;
        for (const [header, wanted] of [
          [`${first}-${last}`, all.filter((index) => index >= first && index <= last)],
          [`${first}-`, all.filter((index) => index >= first)],
          [`-${length}`, all.filter((index) => index >= size - length)],
        ] as const) {
          const range = wanted.length > 0 ? { start: wanted[0], end: wanted.at(-1) } : "unsatisfiable";
          expect(parseRange(`bytes=${header}`, size), header).to.deep.equal(range);
        }
      }),
    );
    expect(parseRange("bytes=5-4", 10)).to.equal(undefined);
    expect(parseRange("bytes=-", 10)).to.equal(undefined);
    expect(parseRange("bytes=-3", 10)).to.deep.equal({ start: 7, end: 9 });
    expect(parseRange("bytes=0-1,4-5", 10)).to.equal(undefined);
    expect(parseRange("lines=0-1", 10)).to.equal(undefined);
  });
});
