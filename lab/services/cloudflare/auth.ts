import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ApiError } from "./envelope.ts";

/**
 * Lets a request through that carries the token, or throws what Cloudflare answers.
 * @param path decides the wording: a token may ask whether it is valid, and is told so.
 * https://developers.cloudflare.com/fundamentals/api/troubleshooting/
 */
export function authenticate(headers: IncomingHttpHeaders, path: string, token: string): void {
  const { authorization } = headers;
  if (authorization === undefined) {
    if (headers["x-auth-key"] === undefined && headers["x-auth-email"] === undefined) {
      throw new ApiError(400, {
        code: 9106,
        message: "Missing X-Auth-Key, X-Auth-Email or Authorization headers",
      });
    }
    throw new ApiError(403, { code: 9103, message: "Unknown X-Auth-Key or X-Auth-Email" });
  }
  const given = /^Bearer ([A-Za-z0-9_-]+)$/i.exec(authorization)?.[1];
  if (given === undefined) {
    throw new ApiError(400, {
      code: 6003,
      message: "Invalid request headers",
      error_chain: [{ code: 6111, message: "Invalid format for Authorization header" }],
    });
  }
  if (equal(given, token)) return;
  if (path === "/client/v4/user/tokens/verify") {
    throw new ApiError(401, { code: 1000, message: "Invalid API Token" });
  }
  throw new ApiError(403, { code: 9109, message: "Invalid access token" });
}

/** Compares digests: of one length whatever was given, and in constant time. */
function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
