import { guardDigest } from "./guardDigest.ts";

/** What decides who can reach an app. */
export interface Access {
  internet?: boolean;
  proxyPort?: number;
  hosts?: string[];
  hsts?: boolean;
  cdn?: boolean;
  basicAuthUsers?: unknown;
  allowFrom?: string[];
  rateLimit?: { average: number; burst: number };
  middlewares?: Record<string, object>;
}

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
export function describeExposure(access: Access): Exposure {
  const definitions = Object.values(access.middlewares ?? {});
  return {
    internet: access.internet ?? false,
    proxy: access.proxyPort !== undefined,
    hosts: access.hosts ?? [],
    hsts: access.hsts ?? true,
    cdn: access.cdn ?? false,
    basicAuth: access.basicAuthUsers !== undefined,
    allowFrom: access.allowFrom ?? [],
    middlewares: definitions.flatMap((definition) => Object.keys(definition)),
    digests: definitions.map(guardDigest),
    ...(access.rateLimit && { rateLimit: access.rateLimit }),
  };
}
