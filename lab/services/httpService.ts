import fastify, { type FastifyInstance } from "fastify";
import { parseListen } from "./commandLine.ts";

/** Where the log lines go. */
export type Log = (line: string) => void;

/** One line a request: no query, headers or body, so that no secret gets into it. */
function logLine(method: string, url: string, status: number, milliseconds: number): string {
  // A path may hold line breaks once decoded, but here it still is as it came over the wire.
  const path = url.replace(/[?#].*$/s, "");
  return `${new Date().toISOString()} ${method} ${path} ${status} ${milliseconds.toFixed(1)}ms`;
}

/** A fastify instance with what the services share. */
export function createService(log: Log): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
  });
  // Clients send the JSON content type with a DELETE that has no body; fastify alone would refuse that.
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void parseJson(request, body as string, done);
  });
  app.addHook("onResponse", (request, reply, done) => {
    log(logLine(request.method, request.url, reply.statusCode, reply.elapsedTime));
    done();
  });
  return app;
}

/** Serves until SIGTERM or SIGINT. */
export async function serve(app: FastifyInstance, listen: string): Promise<void> {
  const address = await app.listen(parseListen(listen));
  console.log(`listening on ${address}`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      // Whoever stops a daemon waits for its end.
      void app.close().finally(() => process.exit(0));
    });
  }
}
