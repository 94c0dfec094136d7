import { createReadStream, realpathSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Log, logLine } from "../httpService.ts";
import { parseRange } from "./range.ts";

/** Serves the files below a directory: GET and HEAD, whole or one range, nothing else. */
export function createMirror(root: string, log: Log = console.log): Server {
  const base = realpathSync(root);
  return createServer((request, response) => {
    const begin = performance.now();
    response.once("close", () => {
      log(logLine(request.method ?? "", request.url ?? "", response.statusCode, performance.now() - begin));
    });
    answer(base, request, response).catch((error: unknown) => {
      // A client that went away in the middle is no news; a broken file is.
      if (!response.headersSent) finish(response, 500);
      else response.destroy(error instanceof Error ? error : undefined);
    });
  });
}

async function answer(base: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    finish(response, 405, { allow: "GET, HEAD" });
    return;
  }
  const file = await findFile(base, request.url ?? "/");
  if (!file) {
    finish(response, 404);
    return;
  }
  const { path, size, modified } = file;
  const validators = {
    "last-modified": modified.toUTCString(),
    etag: `"${size.toString(16)}-${modified.getTime().toString(16)}"`,
  };
  const ifRange = request.headers["if-range"];
  const fresh =
    ifRange === undefined || ifRange === validators.etag || ifRange === validators["last-modified"];
  const range = fresh ? parseRange(request.headers.range, size) : undefined;
  if (range === "unsatisfiable") {
    finish(response, 416, { "content-range": `bytes */${size}` });
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  response.writeHead(range ? 206 : 200, {
    ...validators,
    "accept-ranges": "bytes",
    "content-type": "application/octet-stream",
    "content-length": end - start + 1,
    ...(range && { "content-range": `bytes ${start}-${end}/${size}` }),
  });
  if (request.method === "HEAD" || size === 0) response.end();
  else await pipeline(createReadStream(path, { start, end }), response);
}

interface FoundFile {
  path: string;
  size: number;
  modified: Date;
}

/** Resolves symbolic links before it decides whether a path is below the root. */
async function findFile(base: string, url: string): Promise<FoundFile | undefined> {
  try {
    const name = decodeURIComponent(url.replace(/[?#].*$/s, ""));
    const path = await realpath(join(base, name));
    const status = await stat(path);
    if (!path.startsWith(base + sep) || !status.isFile()) return undefined;
    return { path, size: status.size, modified: status.mtime };
  } catch {
    return undefined;
  }
}

function finish(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, "content-length": 0 }).end();
}
