import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { ApiError } from "./apiError.ts";
import { covers, type Scope } from "./scopes.ts";

const schema = z.strictObject({
  /** Access tokens of users, with all permissions. */
  apiKeys: z.array(z.string().min(1)).default([]),
  oauthClients: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        secret: z.string().min(1),
        scopes: z.array(z.string()).default(["all"]),
        /** The tags that its auth keys may have, or that own those tags. */
        tags: z.array(z.string().startsWith("tag:")).default([]),
      }),
    )
    .default([]),
});

/** The content of the tokens file. */
export type Tokens = z.infer<typeof schema>;

/** The same, as written in the file. */
export type TokenInput = z.input<typeof schema>;

type OAuthClient = Tokens["oauthClients"][number];

/** The author of a request. */
export interface Actor {
  scopes: readonly string[];
  /** Undefined for a user. */
  client?: OAuthClient;
}

/** The answer of the token endpoint (RFC 6749, section 5.1). */
export interface AccessToken {
  access_token: string;
  token_type: "Bearer";
  /** Seconds. */
  expires_in: number;
  scope: string;
}

/** Seconds, as documented: https://tailscale.com/kb/1215/oauth-clients */
const tokenLifetime = 3600;

/** The tokens of a file, read at each call: they may change while the service runs. */
export function tokenFile(path: string): () => Tokens {
  return () => schema.parse(JSON.parse(readFileSync(path, "utf8")));
}

/**
 * The API keys, the OAuth clients, and the issued access tokens. These end with the service as they do after an hour: a
 * client requests a new one.
 */
export class Credentials {
  readonly #tokens: () => Tokens;
  readonly #now: () => number;
  readonly #issued = new Map<string, Actor & { expires: number }>();

  /** @param now milliseconds; set by tests. */
  constructor(tokens: () => Tokens, now: () => number = Date.now) {
    this.#tokens = tokens;
    this.#now = now;
  }

  /** Throws 401 unless the header has a valid token, and 403 unless the token has the permission. */
  authorize(authorization: string | undefined, scope: Scope): Actor {
    const token = tokenOf(authorization);
    const actor = token === undefined ? undefined : this.#actor(token);
    if (!actor) throw new ApiError(401, "API token invalid");
    if (covers(actor.scopes, scope)) return actor;
    throw new ApiError(403, "calling actor does not have enough permissions to perform this function");
  }

  /** The client credentials grant; the client authenticates in the form or by Basic authentication. */
  issue(form: URLSearchParams, authorization: string | undefined): AccessToken {
    const [basicId, basicSecret] = basicOf(authorization) ?? [];
    const id = form.get("client_id") ?? basicId;
    const secret = form.get("client_secret") ?? basicSecret;
    const client = this.#tokens().oauthClients.find((candidate) => candidate.id === id);
    if (!client || secret === undefined || !equal(client.secret, secret)) {
      throw new ApiError(401, "API token invalid");
    }
    const asked = form.get("scope")?.split(" ").filter(Boolean) ?? [];
    if (asked.some((scope) => !covers(client.scopes, scope))) {
      throw new ApiError(403, `OAuth client cannot grant scopes "${asked.join(" ")}"`);
    }
    const scopes = asked.length > 0 ? asked : client.scopes;
    const token = `tskey-api-${randomBytes(24).toString("base64url")}`;
    this.#issued.set(digest(token), { scopes, client, expires: this.#now() + tokenLifetime * 1000 });
    return { access_token: token, token_type: "Bearer", expires_in: tokenLifetime, scope: scopes.join(" ") };
  }

  #actor(token: string): Actor | undefined {
    if (this.#tokens().apiKeys.some((key) => equal(key, token))) return { scopes: ["all"] };
    const issued = this.#issued.get(digest(token));
    return issued && issued.expires > this.#now() ? issued : undefined;
  }
}

/** A bearer token, or the user name of Basic authentication with an empty password. */
function tokenOf(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1] ?? basicOf(authorization)?.[0];
}

function basicOf(authorization: string | undefined): [string, string] | undefined {
  const encoded = /^Basic (\S+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  // RFC 6749, 2.3.1: both halves are form-encoded, which changes no character of a key.
  return [text.slice(0, colon), text.slice(colon + 1)];
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Compares digests, which have the same length for any input, in constant time. */
function equal(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b)));
}
