import type { FastifyInstance } from "fastify";
import { createService, type Log } from "../httpService.ts";
import { ApiError } from "./apiError.ts";
import { type Context, textOf } from "./context.ts";
import { Credentials, type Tokens } from "./credentials.ts";
import { deviceRoutes } from "./deviceRoutes.ts";
import { Headscale, type HeadscaleOptions } from "./headscale.ts";
import { keyRoutes } from "./keyRoutes.ts";
import { PolicyFile } from "./policyFile.ts";
import { policyRoutes } from "./policyRoutes.ts";

export interface TailscaleOptions {
  headscale: HeadscaleOptions;
  /** The current keys and clients. */
  tokens: () => Tokens;
  /** The tailnet's name, which is also the domain of its devices: headscale's `dns.base_domain`. */
  tailnet: string;
  /** The headscale user who owns the auth keys; created when first needed. */
  user: string;
  /** @default standard output */
  log?: Log;
  /** Milliseconds; set by tests. */
  now?: () => number;
}

/**
 * Tailscale's API v2 in front of a headscale control server, which stays the only store.
 * https://tailscale.com/api
 */
export function createTailscale(options: TailscaleOptions): FastifyInstance {
  const { tokens, tailnet, user, log = console.log, now } = options;
  const headscale = new Headscale(options.headscale);
  const credentials = new Credentials(tokens, now);
  const context: Context = { headscale, credentials, policyFile: new PolicyFile(headscale), tailnet, user };

  const app = createService(log);
  // A policy file is HuJSON whatever its content type is, so bodies stay text until a route parses them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    done(null, body);
  });
  app.setNotFoundHandler((_request, reply) => {
    void reply.status(404).send({ message: "404 page not found" });
  });
  app.setErrorHandler((error, _request, reply) => {
    const { status, message } = toApiError(error, log);
    void reply.status(status).send({ message });
  });

  app.post("/api/v2/oauth/token", (request) =>
    credentials.issue(new URLSearchParams(textOf(request)), request.headers.authorization),
  );
  deviceRoutes(app, context);
  policyRoutes(app, context);
  keyRoutes(app, context);
  return app;
}

/** Any error except an ApiError is fastify's refusal of a body, or a failure of the control server. */
function toApiError(error: unknown, log: Log): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500) return new ApiError(status, message);
  log(`control server: ${message}`);
  return new ApiError(500, "internal server error");
}
