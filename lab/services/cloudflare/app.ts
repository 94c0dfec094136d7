import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { createService, type Log } from "../httpService.ts";
import { type Quota, RateLimit, type RateLimitOptions } from "../rateLimit.ts";
import { authenticate, authorize } from "./auth.ts";
import { ApiError, type ApiMessage, failure, success } from "./envelope.ts";
import { pendingZone } from "./labZone.ts";
import { paginate } from "./paging.ts";
import type { Query } from "./query.ts";
import { recordRoutes } from "./recordRoutes.ts";
import type { RecordStore } from "./store.ts";
import type { Token } from "./tokens.ts";
import { checkZoneId, identifier, zoneObject } from "./zone.ts";

export interface CloudflareOptions {
  /** The API tokens that there are by now. */
  tokens: () => readonly Token[];
  store: RecordStore;
  /** @default standard output */
  log?: Log;
}

/** Of each user: https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
const userLimit: RateLimitOptions = { limit: 1200, window: 300 };

/**
 * Cloudflare's API v4 for one zone, and another that is only listed, as far as a DNS client goes: token check, zones,
 * DNS records.
 * https://developers.cloudflare.com/api/
 */
export function createCloudflare(options: CloudflareOptions): FastifyInstance {
  const { tokens, store, log = console.log } = options;
  const app = createService(log);
  const limiters = new Map<string, RateLimit>();
  const { zone } = store.base;

  app.setErrorHandler((error, _request, reply) => {
    void answerError(reply, toApiError(error, log));
  });
  app.setNotFoundHandler((_request, reply) => {
    void answerError(reply, new ApiError(400, { code: 7000, message: "No route for that URI" }));
  });
  app.addHook("onRequest", (request, reply, done) => {
    const path = request.url.replace(/\?.*$/s, "");
    const token = authenticate(request.headers, path, tokens());
    const limiter = limiters.get(token.token) ?? new RateLimit(token.rateLimit ?? userLimit);
    limiters.set(token.token, limiter);
    const quota = limiter.take();
    void reply.headers(quotaHeaders(quota));
    if (quota.exceeded) throw tooMany(quota);
    authorize(token, request.method, path);
    done();
  });

  app.get("/client/v4/user/tokens/verify", () => {
    const valid: ApiMessage = { code: 10000, message: "This API Token is valid and active" };
    return success({ id: identifier("token"), status: "active" }, undefined, [valid]);
  });
  const zoneFor = ({ headers, url }: Pick<FastifyRequest, "headers" | "url">) =>
    zoneObject(store.base, authenticate(headers, url, tokens()));
  app.get<{ Querystring: Query }>("/client/v4/zones", (request) => {
    const { query, headers, url } = request;
    const pending = zoneObject(pendingZone, authenticate(headers, url, tokens()), "pending");
    const matching = [zoneFor(request), pending].filter(
      ({ name, status }) =>
        (query.name === undefined || query.name.toLowerCase() === name) &&
        (query.status === undefined || query.status === status),
    );
    const { page, info } = paginate(matching, query, { default: 20, maximum: 50 });
    return success(page, info);
  });
  app.get<{ Params: { zone: string } }>("/client/v4/zones/:zone", (request) => {
    checkZoneId(request.params.zone, request.url, zone);
    return success(zoneFor(request));
  });
  recordRoutes(app, store);
  return app;
}

function answerError(reply: FastifyReply, error: ApiError): FastifyReply {
  return reply.status(error.status).send(failure(error.errors));
}

/** https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
function quotaHeaders({ limit, window, remaining, reset, exceeded }: Quota): Record<string, string> {
  return {
    ratelimit: `"default";r=${remaining};t=${reset}`,
    "ratelimit-policy": `"default";q=${limit};w=${window}`,
    ...(exceeded && { "retry-after": String(reset) }),
  };
}

function tooMany({ limit, window }: Quota): ApiError {
  const message = `More than ${limit} requests per ${window} seconds reached. Please wait and consider throttling your request speed`;
  return new ApiError(429, { code: 10100, message });
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
