import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import type { FastifyInstance } from "fastify";
import { createMirror } from "../../../lab/services/mirror/server.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

describe("the package mirror", () => {
  const newDirectory = temporaryDirectories();
  const lines: string[] = [];
  let server: FastifyInstance;
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
    await server.listen({ host: "127.0.0.1", port: 0 });
    port = (server.server.address() as AddressInfo).port;
  });
  after(() => server.close());

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

  it("serves the whole file for several ranges or an invalid one", async () => {
    for (const range of ["bytes=0-1,4-5", "lines=0-1"])
      expect(await get(file, { range }), range).to.include({ status: 200, body: "0123456789" });
  });

  it("limits a range to the size of the file", async () => {
    const last = await get(file, { range: "bytes=-3" });
    expect(last).to.include({ status: 206, body: "789" });
    const more = await get(file, { range: "bytes=8-99" });
    expect(more).to.include({ status: 206, body: "89" });
    expect(more.headers["content-range"]).to.equal("bytes 8-9/10");
  });

  const refused: Record<string, number> = {
    "/../secret": 403,
    "/%2e%2e/secret": 403,
    "/pool/..%2f..%2fsecret": 404,
    "/link": 404,
    "/pool": 404,
    "/": 404,
    "/none": 404,
    "/%zz": 400,
    "/a%00b": 403,
  };
  for (const [path, status] of Object.entries(refused)) {
    it(`answers ${path} with ${status}`, async () => {
      const answer = await get(path);
      expect(answer.status).to.equal(status);
      expect(answer.body).to.not.contain("outside");
    });
  }

  it("refuses PUT requests", async () => {
    expect((await get(file, {}, "PUT")).status).to.equal(404);
  });
});
