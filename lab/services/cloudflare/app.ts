import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { createService, type Log } from "../httpService.ts";
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
  /** The current API tokens. */
  tokens: () => readonly Token[];
  store: RecordStore;
  /** @default standard output */
  log?: Log;
}

/** Each user's quota, in requests and seconds: https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
const userLimit = { limit: 1200, window: 300 };

/**
 * The part of Cloudflare's API v4 that a DNS client uses, for one zone and a second one that is only listed: token
 * check, zones, DNS records. https://developers.cloudflare.com/api/
 */
export function createCloudflare(options: CloudflareOptions): FastifyInstance {
  const { tokens, store, log = console.log } = options;
  const app = createService(log);
  const { zone } = store.base;

  app.setErrorHandler((error, _request, reply) => {
    void answerError(reply, toApiError(error, log));
  });
  app.setNotFoundHandler((_request, reply) => {
    void answerError(reply, new ApiError(400, { code: 7000, message: "No route for that URI" }));
  });
  const tokenOf = ({ headers, url }: FastifyRequest) => authenticate(headers, pathOf(url), tokens());
  const limitOf = (request: FastifyRequest) => tokenOf(request).rateLimit ?? userLimit;
  // The library only counts: its own answers have other headers and messages than Cloudflare's.
  void app.register(rateLimit, { global: false }).after(() => {
    const count = app.createRateLimit({
      keyGenerator: (request) => tokenOf(request).token,
      max: (request) => limitOf(request).limit,
      timeWindow: (request) => limitOf(request).window * 1000,
    });
    app.addHook("onRequest", async (request, reply) => {
      const token = tokenOf(request);
      const quota = await count(request);
      if (!quota.isAllowed) {
        const { max: limit, timeWindow, remaining, ttlInSeconds: reset, isExceeded } = quota;
        const window = timeWindow / 1000;
        void reply.headers({
          ratelimit: `"default";r=${remaining};t=${reset}`,
          "ratelimit-policy": `"default";q=${limit};w=${window}`,
        });
        if (isExceeded) {
          void reply.header("retry-after", reset);
          throw tooMany(limit, window);
        }
      }
      authorize(token, request.method, pathOf(request.url));
    });
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

function pathOf(url: string): string {
  return url.replace(/\?.*$/s, "");
}

/** https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
function tooMany(limit: number, window: number): ApiError {
  const message = `More than ${limit} requests per ${window} seconds reached. Please wait and consider throttling your request speed`;
  return new ApiError(429, { code: 10100, message });
}

/** Any error except an ApiError is fastify's refusal of a body, or a defect of this program. */
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
