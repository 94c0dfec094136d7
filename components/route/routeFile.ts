import { isHostName } from "../inputs/dnsName.ts";
import { appMiddlewares } from "./middlewares.ts";
import type { RouteMiddlewares } from "./middlewares.ts";
import { commonMiddlewares } from "../edge/traefik/common.ts";
import { certResolver } from "../edge/traefik/static.ts";
import { traefikYaml } from "../edge/traefik/yaml.ts";

/** Inputs of one app's route at an edge. */
export interface TraefikRoute extends RouteMiddlewares {
  /** The app. Names of router, service and middlewares begin with it, so they are unique among all files. */
  app: string;
  /** URL that requests are forwarded to. With `https:`, its certificate is not verified. */
  backend: string;
}

/**
 * A file for Traefik's file provider: HTTPS, and a redirection to it. Each host has a separate certificate, so a name
 * that the authority refuses does not affect the others.
 *
 * Requests from trusted proxies have a separate router, since other headers and addresses count for them. Its rule is
 * longer, so Traefik tries it first. The other router requests the certificates.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/router/
 */
export function renderTraefikRoute(route: TraefikRoute): string {
  const { app, hosts, backend, trustedProxies = [] } = route;
  const wrong = hosts.find((host) => !isHostName(host));
  if (wrong !== undefined) throw new RangeError(`Not a host name: ${JSON.stringify(wrong)}`);
  if (hosts.length === 0) throw new RangeError(`The route of ${app} has no host name`);

  const middlewares = appMiddlewares(app, route);
  const isTls = backend.startsWith("https:");
  const relayed = trustedProxies.length > 0 ? appMiddlewares(app, route, true) : {};
  const rule = anyOf("Host", hosts);
  const common = { entryPoints: ["websecure"], service: app };
  const file = {
    http: {
      routers: {
        [app]: {
          rule,
          ...common,
          middlewares: Object.keys(middlewares),
          tls: { certResolver, domains: hosts.map((host) => ({ main: host })) },
        },
        ...(trustedProxies.length > 0
          ? {
              [`${app}__relayed`]: {
                rule: `(${rule}) && (${anyOf("ClientIP", trustedProxies)})`,
                ...common,
                middlewares: Object.keys(relayed),
                tls: {},
              },
            }
          : {}),
        // Unknown hosts are not redirected either: they get 404.
        [`${app}__http`]: {
          rule,
          entryPoints: ["web"],
          middlewares: [commonMiddlewares.toHttps],
          service: "noop@internal",
        },
      },
      middlewares: { ...middlewares, ...relayed },
      services: {
        [app]: {
          loadBalancer: {
            passHostHeader: true,
            servers: [{ url: backend }],
            ...(isTls ? { serversTransport: app } : {}),
          },
        },
      },
      ...(isTls ? { serversTransports: { [app]: { insecureSkipVerify: true } } } : {}),
    },
  };
  return untemplated(traefikYaml(file));
}

/** A rule of one matcher that matches any of the values. */
function anyOf(matcher: string, values: readonly string[]): string {
  return values.map((value) => `${matcher}(\`${value}\`)`).join(" || ");
}

/**
 * Traefik runs each file through Go's templates before it parses the YAML: a `{{ env "X" }}` in a value would be
 * replaced by a variable of Traefik's. So each pair of braces is written as an action that prints it.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/providers/others/file/#go-templating
 */
function untemplated(text: string): string {
  return text.replaceAll("{{", '{{"{{"}}');
}
