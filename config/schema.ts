import { isIPv4 } from "node:net";
import { z } from "zod";
import { choice, flag, integer, listOf, mapOf, oneOrMore, opaqueMap, section, text } from "./fields.ts";
import * as formats from "./formats.ts";
import { middleware } from "./middleware.ts";

/*
 * All that a user may write below `mynodeone:` in Pulumi.<stack>.yaml, but for the secrets. The sample with every
 * option explained for a first reading is Pulumi.prod.yaml.
 */

/** The ports that proxies may listen on, on the control plane's tailnet address. Both ends included. */
export const proxyPorts = { first: 8080, last: 8100 } as const;

function label(example: string) {
  return text({
    kind: "a DNS label",
    example,
    valid: formats.isDnsLabel,
    hint: `Write at most 63 lowercase letters, digits and hyphens, such as ${example}.`,
    suggest: formats.toDnsLabel,
  });
}

function nonEmpty(kind: string, example: string) {
  return text({ kind, example, valid: (value) => value.trim() === value && value !== "" });
}

const tailnetAddress = text({
  kind: "a tailnet address (100.64.0.0/10)",
  example: "100.101.102.103",
  valid: formats.isTailnetAddress,
  hint: "Run `tailscale ip -4` on that host, or leave it out to have it looked up by the device's name.",
});

const httpsUrl = (example: string) => text({ kind: "an https:// URL", example, valid: formats.isHttpsUrl });

const port = (example: number) => integer(1, 65535, example);

/** How the program reaches a host. The private key is the secret `mynodeone:sshPrivateKey`, one for all hosts. */
const ssh = section({
  /** The user to log in as; needs `sudo` without a password. */
  user: text({
    kind: "a user name",
    example: "deploy",
    valid: (value) => /^[a-z_][a-z0-9_-]{0,31}$/.test(value),
  }),
  /** Name or address to dial. @default an edge's public address, the control plane's tailnet address */
  host: text({
    kind: "a host name or IPv4 address",
    example: "192.168.1.10",
    valid: (value) => isIPv4(value) || formats.isDnsLabel(value) || formats.isDomain(value),
    suggest: formats.toDomain,
  }).optional(),
  /** TCP port of its SSH server. @default 22 */
  port: port(22).default(22),
  /** The host's own Ed25519 public key: a host that shows another is not spoken to. */
  hostKey: text({
    kind: "an Ed25519 host key",
    example: "",
    valid: formats.isHostKey,
    hint: "Run `ssh-keyscan -t ed25519 HOST` and write what follows the host's name: ssh-ed25519 AAAA….",
    suggest: formats.toHostKey,
  }),
});

const host = {
  /** Its name in the tailnet, short or full, as `tailscale status` lists it: https://tailscale.com/kb/1098/machine-names */
  device: text({
    kind: "a device's name",
    example: "vps",
    valid: (value) => formats.isDnsLabel(value) || formats.isDomain(value),
    hint: "Write it as `tailscale status` lists it, such as vps or vps.tail1234.ts.net.",
    suggest: formats.toDomain,
  }),
  /** Its IPv4 address in the tailnet. @default looked up through Tailscale's API by `device` */
  tailnetIp: tailnetAddress.optional(),
  /** How to log in to it. */
  ssh,
};

export const edge = section({
  /** What this VPS is called in the preview and in outputs. */
  name: label("contabo"),
  /** The IPv4 address that visitors connect to and DNS records point at. */
  publicIp: text({
    kind: "a public IPv4 address",
    example: "203.0.113.7",
    valid: formats.isPublicAddress,
    hint: "Write the address that your provider gave the VPS, such as 203.0.113.7.",
  }),
  ...host,
  /** Another Traefik than the tested release. @default the release that `EdgeNode` pins */
  traefik: section({
    /** A release archive (.tar.gz): https://github.com/traefik/traefik/releases */
    url: text({
      kind: "an http:// or https:// URL",
      example:
        "https://github.com/traefik/traefik/releases/download/v3.7.12/traefik_v3.7.12_linux_amd64.tar.gz",
      valid: formats.isWebUrl,
    }),
    /** The archive's checksum, which it must match before it is unpacked. */
    sha256: text({
      kind: "a SHA-256 checksum (64 hexadecimal digits)",
      example: "",
      valid: (value) => /^[0-9a-f]{64}$/.test(value),
      hint: "Copy it from the release's checksums file, in lowercase.",
      suggest: (value) => value.trim().toLowerCase(),
    }),
  }).optional(),
});

export const defaultControlPlaneName = "home";

export const controlPlane = section({
  /** What this host is called in the preview and in outputs. @default home */
  name: label("home").default(defaultControlPlaneName),
  ...host,
});

export const acme = section({
  /** The certificate authority's contact for warnings about certificates: https://letsencrypt.org/docs/expiration-emails/ */
  email: text({ kind: "an e-mail address", example: "me@example.com", valid: formats.isEmail }),
  /**
   * Directory URL of the certificate authority. While trying things out, Let's Encrypt's staging one avoids the
   * rate limits: https://letsencrypt.org/docs/staging-environment/
   * @default Let's Encrypt
   */
  server: httpsUrl("https://acme-staging-v02.api.letsencrypt.org/directory").optional(),
  /** PEM of the CA that signed the ACME server's own certificate, for a private one. @default the system's CAs */
  caCertificate: text({
    kind: "a PEM certificate",
    example: "",
    valid: formats.isPem,
    hint: "Paste the whole block, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.",
  }).optional(),
  /**
   * How the domain is proven: over port 80, or by a DNS record made with `cloudflare:apiToken`.
   * See https://letsencrypt.org/docs/challenge-types/
   * @default http-01
   */
  challenge: choice(["http-01", "dns-01"]).default("http-01"),
});

/** Under this domain lie all apps. */
export const domain = text({
  kind: "a domain name",
  example: "example.com",
  valid: formats.isDomain,
  suggest: formats.toDomain,
});

/** The cluster's DNS service, which proxies ask for a Service's address. @default read from Service `kube-system/kube-dns` */
export const clusterDns = text({
  kind: "an IPv4 address",
  example: "10.43.0.10",
  valid: isIPv4,
  hint: "Run `kubectl -n kube-system get service kube-dns` and write its CLUSTER-IP, or leave it out.",
}).optional();

/**
 * The cluster's pod and Service networks: the only ones that a proxy connects to.
 * @default ["10.42.0.0/16", "10.43.0.0/16"], those of k3s: https://docs.k3s.io/networking/basic-network-options
 */
export const clusterCidrs = listOf(
  text({
    kind: "an IPv4 network",
    example: "10.42.0.0/16",
    valid: formats.isIpv4Network,
    suggest: formats.toNetwork,
  }),
  "network",
).optional();

/** The domain's zone at Cloudflare. @default looked up by `domain` */
export const zoneId = text({
  kind: "a Cloudflare zone id (32 hexadecimal digits)",
  example: "",
  valid: (value) => /^[0-9a-f]{32}$/.test(value),
  hint: "Copy it from the domain's overview page at Cloudflare, or leave it out to have it looked up.",
}).optional();

/** An app's key: it also names the Helm release (at most 53 letters) and the proxy's systemd unit. */
export const appName = text({
  kind: "a DNS label of at most 53 letters",
  example: "grafana",
  valid: (value) => formats.isDnsLabel(value) && value.length <= 53,
  hint: "Write lowercase letters, digits and hyphens, at most 53, such as grafana.",
  suggest: formats.toDnsLabel,
});

const subdomain = text({
  kind: 'a DNS label or "@"',
  example: "photos",
  valid: (value) => value === "@" || formats.isDnsLabel(value),
  hint: 'Write at most 63 lowercase letters, digits and hyphens, such as photos, or "@" for the domain itself.',
  suggest: formats.toDnsLabel,
});

const addressOrNetwork = text({
  kind: "an IP address or network",
  example: "203.0.113.0/24",
  valid: formats.isAddressOrNetwork,
  suggest: formats.toNetwork,
});

/** One app: its options are the same whether the catalogue knows it or not. */
export const app = section({
  /**
   * The part of its host name before the domain, or `"@"` for the domain itself. Of a list the first is the app's
   * own address; the others lead to the same app.
   * @default the app's name
   */
  subdomain: oneOrMore(subdomain, "subdomain").optional(),
  /**
   * Whether the whole internet may reach it, rather than the tailnet alone. The same for all apps: nothing is
   * published that nobody asked for.
   * @default false
   */
  internet: flag().default(false),
  /**
   * Whether somebody has taken the administrator's seat. An app of the catalogue that gives it to its first visitor
   * stays off the internet until then.
   * @default false
   */
  adminClaimed: flag().default(false),
  /** Whether it has a proxy. Without one it is installed, and reached from inside the cluster alone. @default true */
  proxy: flag().default(true),
  /** Its port on the control plane's tailnet address. @default the catalogue's; an app of your own names one */
  proxyPort: integer(proxyPorts.first, proxyPorts.last, proxyPorts.last).optional(),
  /**
   * Whether its records are proxied by Cloudflare, which takes 100 MB a request on its free plan.
   * See https://developers.cloudflare.com/dns/proxy-status/
   * @default false
   */
  cdn: flag().default(false),
  /**
   * IPv4 and IPv6 addresses and networks that may reach it; all others get 403.
   * See https://doc.traefik.io/traefik/middlewares/http/ipallowlist/
   * @default everybody
   */
  allowFrom: listOf(addressOrNetwork, "address or network").optional(),
  /**
   * Whether the edge asks for one of the users in the secret `mynodeone:basicAuthUsers`.
   * See https://doc.traefik.io/traefik/middlewares/http/basicauth/
   * @default false
   */
  basicAuth: flag().default(false),
  /**
   * How many requests one client may make; more get 429.
   * See https://doc.traefik.io/traefik/middlewares/http/ratelimit/
   * @default no limit
   */
  rateLimit: section({
    /** Requests a second, in the long run. */
    average: integer(1, 1_000_000, 50),
    /** Requests at once. @default average */
    burst: integer(1, 1_000_000, 100).optional(),
  }).optional(),
  /**
   * Traefik middlewares by a name of yours, run in the order written, after ours.
   * See https://doc.traefik.io/traefik/middlewares/http/overview/
   * @default none
   */
  middlewares: mapOf(label("compress"), middleware, "middlewares").optional(),
  /** The Service to reach it at. Without `chart` it runs already, and nothing is installed. @default the chart's, if from the catalogue */
  service: section({
    namespace: label("monitoring"),
    name: label("grafana"),
    /** The Service's port, not the container's. @default 80 */
    port: port(80).default(80),
  }).optional(),
  /** The Helm chart to install it from. @default the catalogue's */
  chart: section({
    /** Its name within `repository`, or an oci:// reference. @default the catalogue's */
    name: nonEmpty(
      "a chart's name or oci:// reference",
      "oci://ghcr.io/immich-app/immich-charts/immich",
    ).optional(),
    /** URL of its chart repository; none for oci://. @default the catalogue's */
    repository: httpsUrl("https://grafana.github.io/helm-charts").optional(),
    /** @default the catalogue's; the newest for a chart of your own */
    version: nonEmpty("a chart version", "1.2.3").optional(),
  }).optional(),
  /** The chart's values, laid over the catalogue's. */
  values: opaqueMap("the chart's values").optional(),
});

export const edges = listOf(edge, "VPS");

/** Every key that the loader reads; apps come one by one, as their errors do not hide each other's. */
/**
 * The time zone of the people who use the apps: https://en.wikipedia.org/wiki/List_of_tz_database_time_zones
 * @default UTC
 */
export const timeZone = text({
  kind: "a time zone",
  example: "Europe/Berlin",
  valid: formats.isTimeZone,
  hint: "Write it as `timedatectl list-timezones` lists it, such as Europe/Berlin.",
}).default("UTC");

export const keys = {
  domain,
  acme,
  edges,
  controlPlane,
  clusterDns,
  clusterCidrs,
  zoneId,
  timeZone,
} as const;

/** Keys that the program reads elsewhere: secrets, which must not pass through plain settings. */
export const secretKeys = ["sshPrivateKey", "kubeconfig", "basicAuthUsers"] as const;

export type AcmeSettings = z.infer<typeof acme>;
export type EdgeSettings = z.infer<typeof edge>;
export type ControlPlaneSettings = z.infer<typeof controlPlane>;
export type SshSettings = z.infer<typeof ssh>;
export type AppOptions = z.infer<typeof app>;
