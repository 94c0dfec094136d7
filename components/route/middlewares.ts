import { defaultRequestsInFlight } from "./defaults.ts";
import { nameMiddlewares } from "./middlewareNames.ts";
import { cloudflareHeaders } from "../edge/claimedHeaders.ts";
import { networkAddress } from "../inputs/networks.ts";

/** Inputs of a route's middlewares. */
export interface RouteMiddlewares {
  /** Host names that clients ask for. */
  hosts: string[];
  /** Whether browsers are told to use only HTTPS for these hosts (HSTS). */
  hsts: boolean;
  /** Addresses and networks that are allowed. @default everybody */
  allowFrom?: string[];
  /** Request rate limit of one client. @default no limit; with `usersFile` {@link loginPace} */
  rateLimit?: RateLimit;
  /** Limit of one client's requests in flight. @default 192 */
  requestsInFlight?: number;
  /** Path on the edge of the file of accepted basic-auth users. @default no password is required */
  usersFile?: string;
  /** Networks whose `X-Forwarded-*` headers the edge trusts; must be valid. @default none */
  trustedProxies?: string[];
  /** Whether a trusted proxy is the app's CDN, which reports visitors' addresses. @default false */
  cdn?: boolean;
  /** The user's Traefik middlewares, in order. @default none */
  middlewares?: object[];
}

/** Request rate limit of one client. */
export interface RateLimit {
  /** Requests per second, on average. */
  average: number;
  /** Requests in a burst. */
  burst: number;
}

/**
 * Default of an app with users: enough for a page with all its images, while a million passwords take one client 28
 * hours.
 */
const loginPace: RateLimit = { average: 10, burst: 100 };

/** A year, which the preload lists require. Subdomains and preloading are left for the domain's owner to decide. */
const hstsSeconds = 31_536_000;

/**
 * Headers that Traefik sets for a client, and keeps from a trusted proxy. Cloudflare forwards all of them as the
 * visitor wrote them.
 */
const takenOver = [
  ...["X-Forwarded-Method", "X-Forwarded-Prefix", "X-Forwarded-Scheme", "X-Forwarded-Tls-Client-Cert"],
  ...["X-Forwarded-Tls-Client-Cert-Info", "X-Forwarded-Uri", "X-Real-Ip", "X-Scheme"],
];

/** Prefix length of one IPv6 client, which can send from a whole network. */
const ipv6ClientBits = 64;

/**
 * An app's middlewares by name, in the order of a request. Ours come first: a request refused by address costs nothing
 * more, and password attempts are rate limited.
 *
 * Ours are named `<app>-<role>`, or `<app>__<role>` for requests relayed by a trusted proxy, and the user's
 * `<app>_<kind>`. No name of an app contains an underscore, so no two files define the same middleware: Traefik would
 * drop both.
 *
 * @param relayed whether they are for requests from a proxy that the edge trusts
 */
export function appMiddlewares(
  app: string,
  route: RouteMiddlewares,
  relayed = false,
): Record<string, object> {
  const { hsts, allowFrom = [], usersFile, cdn = false, middlewares = [] } = route;
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
    // The header is meant for the edge. An app with its own login would take it for one of its users.
    ...(usersFile === undefined
      ? {}
      : { [`${app}-basic-auth`]: { basicAuth: { usersFile, removeHeader: true } } }),
    ...Object.fromEntries(
      nameMiddlewares(middlewares).map(([name, definition]) => [`${app}_${name}`, ownPages(app, definition)]),
    ),
  };
}

/**
 * Error pages must come from the app itself. A middleware with a service of another file would show another app's
 * pages, past that app's guards. Traefik accepts option names in any case.
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
 * Removes or replaces headers with an address that only the client claims: {@link claimedHeaders}, and those that
 * depend on the request's path through proxies. An empty value removes a header.
 *
 * Traefik keeps `X-Real-Ip` and similar headers of a trusted proxy, and cannot copy another header's value into them.
 * An app behind a CDN finds its visitor in the CDN's header or in `X-Forwarded-For`. For an app without `cdn`, a
 * request relayed by a trusted proxy comes from no visitor of that app: the proxy itself is the client. Traefik appends
 * the connection's address to `X-Forwarded-For`, but not to a removed one, so an address of the proxy's network
 * replaces its content.
 */
function requestHeaders(route: RouteMiddlewares, relayed: boolean): object {
  const removed = [...(relayed ? takenOver : []), ...(relayed && route.cdn ? [] : cloudflareHeaders)];
  return {
    customRequestHeaders: {
      ...Object.fromEntries(removed.map((name) => [name, ""])),
      ...(relayed ? knownHeaders(route) : {}),
    },
  };
}

/** What is known of a request from a trusted proxy, whatever its headers say. */
function knownHeaders({ cdn = false, hosts, trustedProxies: [proxy] = [] }: RouteMiddlewares): object {
  if (proxy === undefined) throw new RangeError("A request is relayed only by a trusted proxy");
  return {
    "X-Forwarded-Host": hosts.length === 1 ? hosts[0] : "",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
    ...(cdn ? {} : { "X-Forwarded-For": networkAddress(proxy) }),
  };
}

function limit({ average, burst }: RateLimit, throughCdn: boolean): object {
  return { rateLimit: { average, burst, ...sourceCriterion(throughCdn) } };
}

/** What identifies one client for rate and concurrency limits. */
function sourceCriterion(throughCdn: boolean): object {
  const { ipStrategy } = clientAddress(throughCdn);
  return { sourceCriterion: { ipStrategy: { ...ipStrategy, ipv6Subnet: ipv6ClientBits } } };
}

/**
 * The address that identifies a client. It is the connection's, which nobody can forge, or the one that a CDN reports.
 * A CDN appends its client's address to `X-Forwarded-For`, after whatever the client sent.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/ipallowlist/#ipstrategy
 */
function clientAddress(throughCdn: boolean): { ipStrategy?: { depth: number } } {
  return throughCdn ? { ipStrategy: { depth: 1 } } : {};
}
