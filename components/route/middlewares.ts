import { defaultRequestsInFlight } from "./limits.ts";
import { cloudflareHeaders } from "../edge/claimedHeaders.ts";

/** What a request passes between an edge and the app. */
export interface RouteMiddlewares {
  /** Host names that clients ask for. */
  hosts: string[];
  /** Whether browsers are told never to use HTTP for these hosts again. */
  hsts: boolean;
  /** Addresses and networks that may come in. @default everybody */
  allowFrom?: string[];
  /** How many requests one client may make. @default no limit; with `usersFile` the pace of {@link loginPace} */
  rateLimit?: RateLimit;
  /** How many requests of one client may be in flight. @default 192 */
  requestsInFlight?: number;
  /** Path on the edge of a file of users, one of whom must have logged in. @default nobody is asked */
  usersFile?: string;
  /** Networks whose `X-Forwarded-*` headers the edge believes; valid ones. @default none */
  trustedProxies?: string[];
  /** Whether a proxy that the edge trusts is the app's CDN, and reports visitors' addresses. @default false */
  cdn?: boolean;
  /** Traefik middlewares of the user's, by name, in their order. @default none */
  middlewares?: Record<string, object>;
}

/** How many requests one client may make. */
export interface RateLimit {
  /** Requests a second, in the long run. */
  average: number;
  /** Requests at once. */
  burst: number;
}

/** Of an app with users: enough for a page with all its pictures, while a million passwords take one client 28 hours. */
const loginPace: RateLimit = { average: 10, burst: 100 };

/** A year, which the preload lists ask for. Neither subdomains nor preloading: those are the owner's to promise. */
const hstsSeconds = 31_536_000;

/**
 * What Traefik writes itself for a client, and takes over from a proxy that it trusts. Cloudflare passes all of them
 * on as the visitor wrote them.
 */
const takenOver = [
  ...["X-Forwarded-Method", "X-Forwarded-Prefix", "X-Forwarded-Scheme", "X-Forwarded-Tls-Client-Cert"],
  ...["X-Forwarded-Tls-Client-Cert-Info", "X-Forwarded-Uri", "X-Real-Ip", "X-Scheme"],
];

/** An IPv6 client has a whole network of this size to send from. */
const ipv6ClientBits = 64;

/**
 * An app's middlewares by name, in the order in which a request meets them. Ours come first: who is refused for the
 * address costs nothing more, and passwords are tried at the pace of the rate limit at most.
 *
 * Ours are called `<app>-<role>`, or `<app>__<role>` for requests that a trusted proxy relays, and the user's
 * `<app>_<name>`. Neither an app nor a middleware has an underscore in its name, so that no two files define the same
 * one: Traefik would drop both.
 *
 * @param relayed whether they are for requests from a proxy that the edge trusts, rather than from anybody else
 */
export function appMiddlewares(
  app: string,
  route: RouteMiddlewares,
  relayed = false,
): Record<string, object> {
  const { hsts, allowFrom = [], usersFile, cdn = false, middlewares = {} } = route;
  const { rateLimit = usersFile === undefined ? undefined : loginPace } = route;
  const { requestsInFlight = defaultRequestsInFlight } = route;
  const own = relayed ? `${app}__` : `${app}-`;
  const throughCdn = relayed && cdn;
  return {
    [`${own}headers`]: {
      headers: { ...requestHeaders(route, relayed), ...(hsts ? { stsSeconds: hstsSeconds } : {}) },
    },
    ...(allowFrom.length > 0
      ? { [`${own}allow-from`]: { ipAllowList: { sourceRange: allowFrom, ...clientAddress(throughCdn) } } }
      : {}),
    [`${own}in-flight`]: { inFlightReq: { amount: requestsInFlight, ...sourceCriterion(throughCdn) } },
    ...(rateLimit === undefined ? {} : { [`${own}rate-limit`]: limit(rateLimit, throughCdn) }),
    // The header is the edge's: an app with a login of its own would take it for one of its users.
    ...(usersFile === undefined
      ? {}
      : { [`${app}-basic-auth`]: { basicAuth: { usersFile, removeHeader: true } } }),
    ...Object.fromEntries(
      Object.entries(middlewares).map(([name, definition]) => [`${app}_${name}`, ownPages(app, definition)]),
    ),
  };
}

/**
 * Error pages come from the app itself: a middleware that names the service of another file would show another app's,
 * past all that keeps people out of that one. Traefik takes option names in any case.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/errorpages/
 */
function ownPages(app: string, definition: object): object {
  return Object.fromEntries(
    Object.entries(definition).map(([kind, options]: [string, unknown]) => {
      if (kind.toLowerCase() !== "errors" || typeof options !== "object" || options === null)
        return [kind, options];
      const others = Object.entries(options).filter(([name]) => name.toLowerCase() !== "service");
      return [kind, { ...Object.fromEntries(others), service: app }];
    }),
  );
}

/**
 * No header names an address that only the client claims: {@link claimedHeaders}, and those for which it depends on the
 * way of the request. An empty value takes a header out of the request.
 *
 * Traefik keeps `X-Real-Ip` and its like as a trusted proxy sends them, and can set none of them to another header's
 * value: an app behind a CDN finds its visitor in the CDN's own header or in `X-Forwarded-For`. What a trusted proxy
 * relays for an app without `cdn` is no visitor's of that app: the proxy itself is the client then. Traefik appends the
 * connection's address to `X-Forwarded-For`, but to none that was taken out: so an address of the proxy's network
 * replaces what was there.
 */
function requestHeaders({ cdn = false, hosts, trustedProxies }: RouteMiddlewares, relayed: boolean): object {
  const removed = [...(relayed ? takenOver : []), ...(relayed && cdn ? [] : cloudflareHeaders)];
  const [host = "", ...others] = hosts;
  const known = {
    "X-Forwarded-Host": others.length > 0 ? "" : host,
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
    ...(cdn ? {} : { "X-Forwarded-For": trustedProxies?.[0]?.split("/")[0] ?? "" }),
  };
  return {
    customRequestHeaders: {
      ...Object.fromEntries(removed.map((name) => [name, ""])),
      ...(relayed ? known : {}),
    },
  };
}

function limit({ average, burst }: RateLimit, throughCdn: boolean): object {
  return { rateLimit: { average, burst, ...sourceCriterion(throughCdn) } };
}

/** Who is one client to what counts requests. */
function sourceCriterion(throughCdn: boolean): object {
  const { ipStrategy } = clientAddress(throughCdn);
  return { sourceCriterion: { ipStrategy: { ...ipStrategy, ipv6Subnet: ipv6ClientBits } } };
}

/**
 * Whose address counts. It is the connection's own, which nobody can forge, or what a CDN reports: it writes the
 * address that connected to it at the end of `X-Forwarded-For`, behind whatever the client sent.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/ipallowlist/#ipstrategy
 */
function clientAddress(throughCdn: boolean): { ipStrategy?: { depth: number } } {
  return throughCdn ? { ipStrategy: { depth: 1 } } : {};
}
