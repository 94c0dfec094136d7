import type { FastifyInstance, FastifyReply } from "fastify";
import { createService, type Log } from "../httpService.ts";
import { RateLimit, type RateLimitOptions } from "../rateLimit.ts";
import { authenticate } from "./auth.ts";
import { ApiError, type ApiMessage, failure, success } from "./envelope.ts";
import { paginate } from "./paging.ts";
import type { Query } from "./query.ts";
import { recordRoutes } from "./recordRoutes.ts";
import type { RecordStore } from "./store.ts";
import { checkZoneId, identifier, zoneObject } from "./zone.ts";

export interface CloudflareOptions {
  /** The one API token that is accepted. */
  token: string;
  store: RecordStore;
  /** https://developers.cloudflare.com/fundamentals/api/reference/limits/ @default 1200 in 300 seconds */
  rateLimit?: RateLimitOptions;
  /** @default standard output */
  log?: Log;
}

const defaultRateLimit: RateLimitOptions = { limit: 1200, window: 300 };

/**
 * Cloudflare's API v4 for one zone, as far as a DNS client goes: token check, zones, DNS records.
 * https://developers.cloudflare.com/api/
 */
export function createCloudflare(options: CloudflareOptions): FastifyInstance {
  const { token, store, rateLimit = defaultRateLimit, log = console.log } = options;
  const app = createService(log);
  const limiter = new RateLimit(rateLimit);
  const { zone } = store.base;

  app.setErrorHandler((error, _request, reply) => {
    void answerError(reply, toApiError(error, log));
  });
  app.setNotFoundHandler((_request, reply) => {
    void answerError(reply, new ApiError(400, { code: 7000, message: "No route for that URI" }));
  });
  app.addHook("onRequest", (request, _reply, done) => {
    authenticate(request.headers, request.url.replace(/\?.*$/s, ""), token);
    const wait = limiter.take();
    if (wait > 0) throw tooMany(rateLimit, wait);
    done();
  });

  app.get("/client/v4/user/tokens/verify", () => {
    const valid: ApiMessage = { code: 10000, message: "This API Token is valid and active" };
    return success({ id: identifier("token"), status: "active" }, undefined, [valid]);
  });
  app.get<{ Querystring: Query }>("/client/v4/zones", ({ query }) => {
    const matches =
      (query.name === undefined || query.name.toLowerCase() === zone) &&
      (query.status === undefined || query.status === "active");
    const { page, info } = paginate(matches ? [zoneObject(store.base)] : [], query, {
      default: 20,
      maximum: 50,
    });
    return success(page, info);
  });
  app.get<{ Params: { zone: string } }>("/client/v4/zones/:zone", ({ params, url }) => {
    checkZoneId(params.zone, url, zone);
    return success(zoneObject(store.base));
  });
  recordRoutes(app, store);
  return app;
}

function answerError(reply: FastifyReply, error: ApiError): FastifyReply {
  return reply.status(error.status).headers(error.headers).send(failure(error.errors));
}

function tooMany({ limit, window }: RateLimitOptions, wait: number): ApiError {
  const message = `More than ${limit} requests per ${window} seconds reached. Please wait and consider throttling your request speed`;
  return new ApiError(429, { code: 971, message }, { "retry-after": String(wait) });
}

/** Anything but an ApiError is fastify's refusal of a body, or a fault of this program. */
function toApiError(error: unknown, log: Log): ApiError {
  if (error instanceof ApiError) return error;
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500) {
    return new ApiError(400, {
      code: 9207,
      message: "Failed to parse request body, content-type must be application/json",
    });
  }
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return new ApiError(500, { code: 10001, message: "Internal server error" });
}
