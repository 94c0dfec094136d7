import fastify, { type FastifyInstance } from "fastify";
import { parseListen } from "./commandLine.ts";

/** The destination of the log lines. */
export type Log = (line: string) => void;

/** One line per request, without query, headers and body, so that it contains no secret. */
function logLine(method: string, url: string, status: number, milliseconds: number): string {
  // A decoded path might contain line breaks, but this one is still encoded.
  const path = url.replace(/[?#].*$/s, "");
  return `${new Date().toISOString()} ${method} ${path} ${status} ${milliseconds.toFixed(1)}ms`;
}

/** A fastify instance with everything that the services share. */
export function createService(log: Log): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
  });
  // Clients send the JSON content type even for a DELETE without a body, which fastify refuses by default.
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
      // The program that stops the daemon waits for its end.
      void app.close().finally(() => process.exit(0));
    });
  }
}
