import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { createService, type Log } from "../httpService.ts";

/** Serves the files below a directory: only GET and HEAD, for a whole file or one range. */
export function createMirror(directory: string, log: Log = console.log): FastifyInstance {
  const root = realpathSync(directory);
  const app = createService(log);
  void app.register(fastifyStatic, {
    root,
    index: false,
    // The library follows symbolic links to any path.
    allowedPath: (path) => {
      try {
        return realpathSync(join(root, path)).startsWith(root + sep);
      } catch {
        return false;
      }
    },
  });
  return app;
}
