import { defaultHsts } from "../route/defaults.ts";
import { guardDigest } from "./guardDigest.ts";

/** The settings that decide who can reach an app. */
export interface Access {
  internet?: boolean;
  proxyPort?: number;
  hosts?: string[];
  hsts?: boolean;
  cdn?: boolean;
  basicAuthUsers?: unknown;
  allowFrom?: string[];
  rateLimit?: { average: number; burst: number };
  middlewares?: object[];
}

/**
 * Who can reach an app, and through which checks. Each `HybridApp` registers it as `exposure`, for policies, and it is
 * part of the topology. Holds no secret.
 */
export interface Exposure {
  /** Whether the app is on the internet, rather than in the tailnet alone. */
  internet: boolean;
  /** Whether it has a proxy. Without one only the cluster reaches it. */
  proxy: boolean;
  /** The app's host names, its main one first. They lead to it only on the internet. */
  hosts: string[];
  /** Whether browsers are told to refuse plain HTTP. */
  hsts: boolean;
  /** Whether its records are proxied by Cloudflare. */
  cdn: boolean;
  /** Whether the edge requires a user and a password. */
  basicAuth: boolean;
  /** Addresses and networks that may reach it; empty allows everybody. */
  allowFrom: string[];
  /** Request rate limit of one client. @default no limit */
  rateLimit?: { average: number; burst: number };
  /** Kinds of the user's Traefik middlewares, in order, e.g. `forwardAuth`. */
  middlewares: string[];
  /** A digest for each of them that changes when it admits other visitors; empty for a kind that restricts nobody. */
  digests: string[];
}

/** The exposure of an app. */
export function describeExposure(access: Access): Exposure {
  const { middlewares = [] } = access;
  return {
    internet: access.internet ?? false,
    proxy: access.proxyPort !== undefined,
    hosts: access.hosts ?? [],
    hsts: access.hsts ?? defaultHsts,
    cdn: access.cdn ?? false,
    basicAuth: access.basicAuthUsers !== undefined,
    allowFrom: access.allowFrom ?? [],
    middlewares: middlewares.flatMap((definition) => Object.keys(definition)),
    digests: middlewares.map(guardDigest),
    ...(access.rateLimit && { rateLimit: access.rateLimit }),
  };
}
