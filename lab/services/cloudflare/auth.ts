import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ApiError } from "./envelope.ts";
import type { Token } from "./tokens.ts";

/**
 * The token of a request; throws Cloudflare's error without a valid one.
 * @param path decides the wording, which differs for the verification of a token.
 * https://developers.cloudflare.com/fundamentals/api/troubleshooting/
 */
export function authenticate(headers: IncomingHttpHeaders, path: string, tokens: readonly Token[]): Token {
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
  const token = tokens.find(({ token }) => equal(given, token));
  if (token) return token;
  if (path === "/client/v4/user/tokens/verify") {
    throw new ApiError(401, { code: 1000, message: "Invalid API Token" });
  }
  throw new ApiError(403, { code: 9109, message: "Invalid access token" });
}

/** Throws unless the token has the permission; each part of the API has its own wording. */
export function authorize({ permissions }: Token, method: string, path: string): void {
  if (path.includes("/dns_records")) {
    const reads = method === "GET" && permissions.includes("DNS:Read");
    // Edit includes read.
    if (reads || permissions.includes("DNS:Edit")) return;
    throw new ApiError(403, { code: 10000, message: "Authentication error" });
  }
  if (!path.startsWith("/client/v4/zones") || permissions.includes("Zone:Read")) return;
  throw new ApiError(403, { code: 9109, message: "Unauthorized to access requested resource" });
}

/** Compares digests, which have the same length for any input, in constant time. */
function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
