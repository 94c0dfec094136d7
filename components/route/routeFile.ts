import { isHostName } from "../inputs/dnsName.ts";
import { appMiddlewares } from "./middlewares.ts";
import type { RouteMiddlewares } from "./middlewares.ts";
import { commonMiddlewares } from "../edge/traefik/common.ts";
import { certResolver } from "../edge/traefik/static.ts";
import { traefikYaml } from "../edge/traefik/yaml.ts";

/** One app's way through an edge. */
export interface TraefikRoute extends RouteMiddlewares {
  /** The app: the names of router, service and middlewares begin with it, and stay apart from other files'. */
  app: string;
  /** URL that requests go on to. The certificate of one that begins with `https:` is not checked. */
  backend: string;
}

/**
 * A file for Traefik's file provider: HTTPS, and a redirection to it. Each host has a certificate of its own, so that a name which the
 * authority refuses keeps none of the others from theirs.
 *
 * Where the edge trusts proxies, what they relay has a router of its own: which headers and whose address count is
 * another question there. Its rule is the longer one, so Traefik tries it first. The certificate is the other router's.
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
        // Hosts of nobody here get no redirection either: 404.
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

/** A rule of one matcher that holds for any of the values. */
function anyOf(matcher: string, values: readonly string[]): string {
  return values.map((value) => `${matcher}(\`${value}\`)`).join(" || ");
}

/**
 * Traefik runs each file through Go's templates before it reads the YAML: a `{{ env "X" }}` in a value would be
 * replaced by a variable of its own. An action that prints two braces stands for each pair of them.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/providers/others/file/#go-templating
 */
function untemplated(text: string): string {
  return text.replaceAll("{{", '{{"{{"}}');
}
