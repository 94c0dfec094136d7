/** What a request passes between an edge and the app. */
export interface RouteMiddlewares {
  /** Whether browsers are told never to use HTTP for these hosts again. */
  hsts: boolean;
  /** Addresses and networks that may come in. @default everybody */
  allowFrom?: string[];
  /** How many requests one client may make. @default no limit */
  rateLimit?: RateLimit;
  /** Path on the edge of a file of users, one of whom must have logged in. @default nobody is asked */
  usersFile?: string;
  /** Whether requests come by way of a CDN that the edge's entry point trusts. @default false */
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

/** A year, which the preload lists ask for. Neither subdomains nor preloading: those are the owner's to promise. */
const hstsSeconds = 31_536_000;

/**
 * Headers that name a client's address too, and that Traefik hands on as the client wrote them. An app that believes
 * one of them would take anybody for anybody.
 */
const claimedAddresses = ["Forwarded", "True-Client-Ip", "X-Client-Ip", "X-Cluster-Client-Ip"];
/** Cloudflare's own header, which says nothing when the request did not come from there. */
const cdnAddress = "Cf-Connecting-Ip";

/** An IPv6 client has a whole network of this size to send from. */
const ipv6ClientBits = 64;

/**
 * An app's middlewares by name, in the order in which a request meets them. Ours come first: who is refused for the
 * address costs nothing more, and passwords are tried at the pace of the rate limit at most.
 *
 * Ours are called `<app>-<role>` and the user's `<app>_<name>`. Neither an app nor a middleware has an underscore in
 * its name, so that no two files define the same one: Traefik would drop both.
 */
export function appMiddlewares(app: string, route: RouteMiddlewares): Record<string, object> {
  const { hsts, allowFrom = [], rateLimit, usersFile, cdn = false, middlewares = {} } = route;
  return {
    [`${app}-headers`]: { headers: headers(hsts, cdn) },
    ...(allowFrom.length > 0
      ? { [`${app}-allow-from`]: { ipAllowList: { sourceRange: allowFrom, ...clientAddress(cdn) } } }
      : {}),
    ...(rateLimit === undefined ? {} : { [`${app}-rate-limit`]: limit(rateLimit, cdn) }),
    // The header is the edge's: an app with a login of its own would take it for one of its users.
    ...(usersFile === undefined
      ? {}
      : { [`${app}-basic-auth`]: { basicAuth: { usersFile, removeHeader: true } } }),
    ...Object.fromEntries(
      Object.entries(middlewares).map(([name, definition]) => [`${app}_${name}`, definition]),
    ),
  };
}

/** An empty value takes a header out of the request. */
function headers(hsts: boolean, cdn: boolean): object {
  const removed = cdn ? claimedAddresses : [...claimedAddresses, cdnAddress];
  return {
    customRequestHeaders: Object.fromEntries(removed.map((name) => [name, ""])),
    ...(hsts ? { stsSeconds: hstsSeconds } : {}),
  };
}

function limit({ average, burst }: RateLimit, cdn: boolean): object {
  const { ipStrategy } = clientAddress(cdn);
  return {
    rateLimit: {
      average,
      burst,
      sourceCriterion: { ipStrategy: { ...ipStrategy, ipv6Subnet: ipv6ClientBits } },
    },
  };
}

/**
 * Whose address counts. Without a CDN it is the connection's own, which nobody can forge. A CDN writes the address
 * that connected to it at the end of `X-Forwarded-For`, behind whatever the client sent. From anybody but the CDN the
 * entry point has removed that header: who goes around the CDN has no address, is on no list, and shares one limit
 * with all who do the same.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/ipallowlist/#ipstrategy
 */
function clientAddress(cdn: boolean): { ipStrategy?: { depth: number } } {
  return cdn ? { ipStrategy: { depth: 1 } } : {};
}
