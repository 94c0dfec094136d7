import { stringify } from "yaml";
import { certResolver } from "./traefikStatic.ts";

/** One app's way through an edge. */
export interface TraefikRoute {
  /** The app: the names of router, service and middleware begin with it, and stay apart from other files'. */
  app: string;
  /** Host name that clients ask for; a valid one, since the rule's own syntax is around it. */
  host: string;
  /** URL that requests go on to. */
  backend: string;
  /** Whether browsers are told never to use HTTP for this host again. */
  hsts: boolean;
}

/** A year, which the preload lists ask for. Neither subdomains nor preloading: those are the owner's to promise. */
const hstsSeconds = 31_536_000;

/** Letters, digits and hyphens in labels of up to 63: nothing that a rule could take for its syntax. */
const hostName =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** Whether `text` is a host name that may stand in a rule. */
export function isHostName(text: string): boolean {
  return hostName.test(text);
}

/**
 * A file for Traefik's file provider: HTTPS only, with a certificate of its own.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/router/
 */
export function renderTraefikRoute(route: TraefikRoute): string {
  if (!isHostName(route.host)) {
    throw new RangeError(`Not a host name: ${JSON.stringify(route.host)}`);
  }
  const middleware = `${route.app}-hsts`;
  return stringify({
    http: {
      routers: {
        [route.app]: {
          rule: `Host(\`${route.host}\`)`,
          entryPoints: ["websecure"],
          service: route.app,
          ...(route.hsts ? { middlewares: [middleware] } : {}),
          tls: { certResolver, domains: [{ main: route.host }] },
        },
      },
      ...(route.hsts ? { middlewares: { [middleware]: { headers: { stsSeconds: hstsSeconds } } } } : {}),
      services: {
        [route.app]: { loadBalancer: { passHostHeader: true, servers: [{ url: route.backend }] } },
      },
    },
  });
}
