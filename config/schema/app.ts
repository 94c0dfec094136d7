import type { z } from "zod";
import { choice, flag, integer, listOf, oneOrMore, opaqueMap, section, text } from "./fields.ts";
import * as formats from "./formats.ts";
import { defaultHsts, defaultRequestsInFlight } from "../../components/route/defaults.ts";
import { addressOrNetwork, httpsUrl, label, nonEmpty, port, subdomain } from "./kinds.ts";
import { middleware, middlewareKinds } from "./middleware.ts";

/* The options of one app, the same for apps inside and outside the catalogue. */

/** The range of proxy ports on the control plane's tailnet address. Both ends included. */
export const proxyPorts = { first: 8080, last: 8100 } as const;

/** In seconds. Includes the first start: pulling images and filling a database over a home line takes minutes. */
export const releaseTimeout = 600;

/**
 * An app's key. It also names the Helm release (at most 53 characters), the proxy's systemd unit and variables, which
 * must not begin with a digit.
 */
export const appName = text({
  kind: "a DNS label of at most 53 characters that begins with a letter",
  example: "grafana",
  pattern: /^[a-z]([a-z0-9-]{0,51}[a-z0-9])?$/,
  hint: "Use lowercase letters, digits and hyphens, such as grafana. `subdomain` may begin with a digit.",
  suggest: formats.toDnsLabel,
});

const rateLimit = section({
  average: integer(1, 1_000_000, 50).describe("Requests per second, on average."),
  burst: integer(1, 1_000_000, 100)
    .optional()
    .meta({ description: "Requests at once.", fallback: "the same as `average`" }),
});

const service = section({
  namespace: label("monitoring").describe(
    "The Service's Kubernetes namespace. An app with a chart is installed into it.",
  ),
  name: label("grafana").describe("The Service's name, as `kubectl get services` lists it."),
  port: port(80).default(80).describe("The Service's port, not the container's."),
  scheme: choice(["http", "https"])
    .default("http")
    .describe(
      "The protocol on that port. The certificate of an `https` Service is not verified, because inside a cluster it is not issued by a public CA.",
    ),
});

const chart = section({
  name: nonEmpty("a chart's name or oci:// reference", "oci://ghcr.io/immich-app/immich-charts/immich")
    .optional()
    .meta({
      description:
        "Its name within `repository`, an `oci://` reference, or a local path (`./charts/mine`). An `oci://` " +
        "reference that ends in `@sha256:…` pins the chart: Helm verifies the digest. Templates of charts and " +
        "values run with the rights of the kubeconfig.",
      fallback: "the catalogue's; required for a chart of your own",
    }),
  repository: httpsUrl("https://grafana.github.io/helm-charts").optional().meta({
    description: "URL of its chart repository; none for `oci://` and local paths.",
    fallback: "the catalogue's; required for a `name` of your own that is looked up in it",
  }),
  version: text({
    kind: "an exact chart version",
    example: "1.2.3",
    pattern: /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
    hint: "Set one with three numbers, such as 1.2.3: with a range, each run can install another version.",
  })
    .optional()
    .meta({
      description: "Its version. If `name` ends in `@sha256:…`, it must be the version of that chart.",
      fallback:
        "the catalogue's; required for a chart of your own, unless `name` contains its digest or is a " +
        "local path",
    }),
  timeout: integer(1, 86_400, releaseTimeout)
    .default(releaseTimeout)
    .describe(
      "Seconds that Helm waits for the app to become ready. A first start pulls images and fills a database.",
    ),
});

export const app = section({
  subdomain: oneOrMore(subdomain, "subdomain")
    .optional()
    .meta({
      description:
        'The part of its host name before the domain, or `"@"` for the domain itself. In a list, the first is the ' +
        "app's own address, and the others are aliases.",
      fallback: "the app's name",
    }),
  internet: flag()
    .default(false)
    .describe("Whether it is reachable from the whole internet, rather than only from the tailnet."),
  adminClaimed: flag()
    .default(false)
    .describe(
      "Whether the app already has an administrator. An app of the catalogue whose first visitor becomes " +
        "administrator stays off the internet until this is `true`.",
    ),
  proxy: flag()
    .default(true)
    .describe(
      "Whether it has a proxy. Without one it is installed, but reachable only from inside the cluster.",
    ),
  proxyPort: integer(proxyPorts.first, proxyPorts.last, proxyPorts.last).optional().meta({
    description: "Its TCP port on the control plane's tailnet address.",
    fallback: "the catalogue's; an app of your own needs one that is not reserved for the catalogue",
  }),
  cdn: flag().default(false).meta({
    description:
      "Whether its records are proxied by Cloudflare, whose free plan accepts at most 100 MB per request.",
    see: "https://developers.cloudflare.com/dns/proxy-status/",
  }),
  allowFrom: listOf(addressOrNetwork, "address or network").optional().meta({
    description: "IPv4 and IPv6 addresses and networks that are allowed to reach it; all others get 403.",
    fallback: "everybody",
    see: "https://doc.traefik.io/traefik/middlewares/http/ipallowlist/",
  }),
  basicAuth: flag().default(false).meta({
    description:
      "Whether the edge requires the name and password of a user in the secret `mynodeone:basicAuthUsers`.",
    see: "https://doc.traefik.io/traefik/middlewares/http/basicauth/",
  }),
  hsts: flag()
    .default(defaultHsts)
    .meta({
      description:
        "Whether browsers are told to refuse plain HTTP to its host names, for a year (HSTS). They go on refusing " +
        "it after the app is removed.",
      see: "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Strict-Transport-Security",
    }),
  rateLimit: rateLimit.optional().meta({
    description: "Request rate allowed to one client; requests above it get 429.",
    fallback: "no limit; with `basicAuth` 10 per second and 100 at once, against password guessing",
    see: "https://doc.traefik.io/traefik/middlewares/http/ratelimit/",
  }),
  requestsInFlight: integer(1, 1_000_000, defaultRequestsInFlight)
    .default(defaultRequestsInFlight)
    .meta({
      description:
        "How many requests of one client can be in flight at once; further ones get 429. A client is an " +
        "IPv4 address or an IPv6 /64 network: a household, or an office, which may need more. An app's " +
        "proxy accepts 256 connections from an edge, for all clients together.",
      see: "https://doc.traefik.io/traefik/middlewares/http/inflightreq/",
    }),
  middlewares: listOf(middleware, "middleware, such as `- compress: {}`")
    .optional()
    .meta({
      description:
        "Traefik middlewares, in the format of Traefik's documentation. They run in this order, after " +
        `those of the other options. Each has one kind: ${middlewareKinds.join(", ")}. \`plugin\` and ` +
        "`chain` are refused: they need more than a route's own file.",
      fallback: "none",
      see: "https://doc.traefik.io/traefik/middlewares/http/overview/",
    }),
  service: service.optional().meta({
    description:
      "The app's Service. Without `chart` it must already exist, and nothing is installed. Required for " +
      "an app of your own.",
    fallback: "the one that the catalogue's chart creates",
  }),
  hostNetwork: flag()
    .default(false)
    .meta({
      description:
        "Whether its pods run with `hostNetwork: true`, which some apps need so that devices at home " +
        "discover them. Its proxy is then also allowed to connect to the nodes' own addresses.",
      see: "https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking",
    }),
  chart: chart
    .optional()
    .meta({ description: "The Helm chart to install it from.", fallback: "the catalogue's" }),
  values: opaqueMap("the chart's values")
    .optional()
    .meta({
      description:
        "The chart's values, merged over the catalogue's. They are stored in plain text: a secret belongs " +
        "in a Kubernetes Secret that they refer to.",
      fallback: "the catalogue's",
    }),
}).meta({ id: "app" });

export type AppOptions = z.infer<typeof app>;
