import { asksForLogin } from "../../config/index.ts";
import type { AppSpec, SafetyFacts } from "../../config/index.ts";
import { guardDigest } from "./guardDigest.ts";

/**
 * Who can reach an app, and what stands in the way. Registered as `exposure` by each `HybridApp`, for policies, and
 * part of the topology. Holds no secret.
 */
export interface Exposure {
  /** Whether the whole internet may ask for it, rather than the tailnet alone. */
  internet: boolean;
  /** Whether it has a proxy. Without one it is reached from inside the cluster alone. */
  proxy: boolean;
  /** The host names that lead to it, if it is on the internet. The first is the app's own. */
  hosts: string[];
  /** Whether browsers are told to refuse plain HTTP. */
  hsts: boolean;
  /** Whether its records are proxied by Cloudflare. */
  cdn: boolean;
  /** Whether the edge asks for a user and a password. */
  basicAuth: boolean;
  /** Addresses and networks that may reach it; empty for everybody. */
  allowFrom: string[];
  /** How many requests one client may make. @default no limit */
  rateLimit?: { average: number; burst: number };
  /** Kinds of the user's Traefik middlewares, in their order, e.g. `forwardAuth`. */
  middlewares: string[];
  /** Of each of them a mark that changes when it lets in others; empty for one that keeps nobody out. */
  digests: string[];
}

/** The exposure of an app. */
export function describeExposure(app: AppSpec): Exposure {
  const { internet, proxy, hosts, hsts, cdn, basicAuth, allowFrom, rateLimit } = app;
  const definitions = Object.values(app.middlewares);
  const middlewares = definitions.flatMap((definition) => Object.keys(definition));
  const digests = definitions.map(guardDigest);
  return {
    ...{ internet, proxy, hosts, hsts, cdn, basicAuth, allowFrom, middlewares, digests },
    ...(rateLimit === undefined ? {} : { rateLimit }),
  };
}

/** What the safety rules judge: of what is made what is made, whatever the spec's own `safety` says of it. */
export function factsOf(app: AppSpec): SafetyFacts {
  const { internet, hsts, cdn, basicAuth, middlewares, domain, safety } = app;
  const edgeLogin = basicAuth || asksForLogin(Object.values(middlewares), domain);
  return { ...safety, internet, hsts, cdn, edgeLogin };
}
