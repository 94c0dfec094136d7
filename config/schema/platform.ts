import { z } from "zod";
import { isDnsLabel, isHostName } from "../../components/inputs/dnsName.ts";
import { isClusterAddress } from "../../components/inputs/networks.ts";
import { interfaceName } from "../../components/inputs/interfaceName.ts";
import { choice, listOf, section, text } from "./fields.ts";
import * as formats from "./formats.ts";
import { controlPlane, edge } from "./hosts.ts";
import { clusterNetwork, httpsUrl, ipv4 } from "./kinds.ts";

/*
 * All that a user may write below `mynodeone:` in Pulumi.<stack>.yaml. This is the only definition: the checks, the
 * program's types, the JSON Schema for editors and docs/options.md come from it. The sample with every option
 * explained for a first reading is Pulumi.prod.yaml.
 */

const acme = section({
  email: text({
    kind: "an e-mail address",
    example: "me@example.com",
    pattern: /^[^@\s]+@[^@\s]+$/,
    valid: formats.isEmail,
  }).meta({
    description:
      "Contact address of the account at the certificate authority, which some require. Let's Encrypt sends no mails " +
      "before a certificate expires. Counts when the account is registered: a later change does not reach it.",
    see: "https://letsencrypt.org/docs/expiration-emails/",
  }),
  server: httpsUrl("https://acme-staging-v02.api.letsencrypt.org/directory")
    .optional()
    .meta({
      description:
        "Directory URL of the certificate authority. For a first try, Let's Encrypt's staging server has no tight " +
        "rate limits; browsers do not accept its certificates. After a change all names get new certificates, and " +
        "the old server's are kept on the VPS for a change back.",
      fallback: "Let's Encrypt",
      see: "https://letsencrypt.org/docs/staging-environment/",
    }),
  caCertificate: text({
    kind: "a PEM certificate",
    example: "",
    pattern: /-----BEGIN CERTIFICATE-----/,
    valid: formats.isPem,
    hint: "Paste the whole block, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.",
  })
    .optional()
    .meta({
      description:
        "PEM of the CA that signed the ACME server's own certificate, where that CA is a private one.",
      fallback: "the system's CAs",
    }),
  challenge: choice(["http-01", "dns-01"])
    .default("http-01")
    .meta({
      description:
        "How the domain is proven: over port 80 of the VPS, or by a DNS record made with the secret " +
        "`mynodeone:acmeDnsToken`.",
      see: "https://letsencrypt.org/docs/challenge-types/",
    }),
});

export const defaultTimeZone = "UTC";

/** Every key that the loader reads; apps come one by one, as their errors do not hide each other's. */
export const keys = {
  domain: text({
    kind: "a domain name",
    example: "example.com",
    pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
    valid: isHostName,
    suggest: formats.toDomain,
  }).describe("All apps lie under this domain, whose DNS is at Cloudflare."),
  acme: acme.describe("Where certificates come from."),
  edges: listOf(edge, "VPS").describe("The VPSes that visitors connect to: at least one."),
  controlPlane: controlPlane.describe("The Kubernetes control plane at home."),
  clusterDns: ipv4({
    kind: "a private IPv4 address",
    example: "10.43.0.10",
    valid: isClusterAddress,
    hint: "Run `kubectl -n kube-system get service kube-dns` and write its CLUSTER-IP, or leave it out.",
  })
    .optional()
    .meta({
      description: "Address of the cluster's DNS service, which the proxies ask for a Service's address.",
      fallback: "read from the Service `kube-system/kube-dns`",
    }),
  clusterCidrs: listOf(clusterNetwork, "network").optional().meta({
    description: "The cluster's pod and Service networks: the only ones that a proxy connects to.",
    fallback: "those of k3s, 10.42.0.0/16 and 10.43.0.0/16",
    see: "https://docs.k3s.io/networking/basic-network-options",
  }),
  clusterInterfaces: listOf(
    text({
      kind: "a network interface's name",
      example: "cni0",
      pattern: interfaceName,
      hint: "Write it as `ip link` lists it, such as cni0, with * at its end for all that begin so.",
    }),
    "interface",
  )
    .optional()
    .meta({
      description:
        "Network interfaces of the control plane that belong to the cluster alone, where its pods' network is none of " +
        "the usual ones (flannel, Calico, Cilium, kube-router, Weave, Antrea, OVN-Kubernetes). Pods and ClusterIPs are " +
        "closed to what comes in by others.",
      fallback: "those of the usual ones",
    }),
  podTransport: choice(["tunnel", "lan"])
    .default("tunnel")
    .meta({
      description:
        "How packets of pods travel between nodes: in a tunnel (VXLAN, WireGuard, IP-in-IP), or as they are over the `lan`, " +
        "as with flannel's backend `host-gw`. With `lan`, any device of the LAN can reach pods with a forged address.",
      see: "https://docs.k3s.io/networking/basic-network-options#flannel-options",
    }),
  podsReach: listOf(choice(["tailnet", "ssh"]), "target")
    .optional()
    .meta({
      description:
        "What pods may reach beside the cluster, the LAN and the internet: `tailnet` for the tailnet's devices, to which " +
        "they come with the control plane's address, `ssh` for its SSH server.",
      fallback: "neither",
    }),
  clusterDomain: text({
    kind: "a DNS domain",
    example: "cluster.local",
    pattern: /^[a-z0-9.-]+$/,
    valid: (value) => isDnsLabel(value) || isHostName(value),
    suggest: formats.toDomain,
  })
    .default("cluster.local")
    .meta({
      description:
        "The cluster's DNS domain, below which the proxies look up Services (`--cluster-domain` of k3s).",
      see: "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
    }),
  tailnetPolicy: choice(["compare", "manage"])
    .optional()
    .meta({
      description:
        "What the program does about the tailnet's policy file. `compare` tells before each run what the edges reach " +
        "beyond the apps on the internet and what they lack, and which rule to add; the OAuth client needs the scope " +
        "`policy_file:read`. `manage` replaces Tailscale's default policy, and no other, by one in which the edges " +
        "reach the proxies of apps on the internet and nothing else; it needs the scope `policy_file`. Once the " +
        "option or the stack goes, the default policy is there again.",
      fallback: "it is neither read nor written",
      see: "https://tailscale.com/kb/1395/tailnet-policy-file",
    }),
  timeZone: text({
    kind: "a time zone",
    example: "Europe/Berlin",
    pattern: /^[A-Za-z]+(\/[A-Za-z0-9_+-]+)*$/,
    valid: formats.isTimeZone,
    hint: "Write a name of the tz database, such as Europe/Berlin.",
  })
    .default(defaultTimeZone)
    .meta({
      description: "The time zone that the apps show times in, by its name in the tz database.",
      see: "https://en.wikipedia.org/wiki/List_of_tz_database_time_zones",
    }),
  zoneId: text({
    kind: "a Cloudflare zone id (32 hexadecimal digits)",
    example: "",
    pattern: /^[0-9a-f]{32}$/,
    hint: "Copy it from the domain's overview page at Cloudflare, or leave it out to have it looked up.",
  })
    .optional()
    .meta({ description: "The domain's zone at Cloudflare.", fallback: "looked up by `domain`" }),
} as const;

/** Keys that the program reads elsewhere, since secrets must not pass through plain settings. */
export const secrets = {
  sshPrivateKey: z.string().meta({
    description:
      "The private key that logs in to all hosts, in OpenSSH or PEM format. Not needed if each host has one of its own.",
  }),
  sshPrivateKeys: z
    .record(z.string(), z.string())
    .optional()
    .meta({
      description:
        "A private key for each host that has one of its own, by the host's name: " +
        "`pulumi config set --secret --path mynodeone:sshPrivateKeys.HOST < FILE`. A key that leaks opens one host.",
      fallback: "`sshPrivateKey` for all hosts",
    }),
  kubeconfig: z.string().optional().meta({
    description: "How to reach the cluster.",
    fallback: "the current context of your own kubeconfig",
  }),
  acmeDnsToken: z
    .string()
    .optional()
    .meta({
      description:
        "With `challenge: dns-01`, the Cloudflare token that lies on every VPS. Best one that may edit a zone of its own, to " +
        "which `_acme-challenge.…` of each host name is a CNAME; it needs Zone: Read and DNS: Edit there, and nothing else.",
      fallback: "`cloudflare:apiToken`: whoever takes over a VPS then edits all records of the domain",
      see: "https://letsencrypt.org/2019/10/09/onboarding-your-customers-with-lets-encrypt-and-acme.html#the-advantages-of-a-cname",
    }),
  basicAuthUsers: z.string().optional().meta({
    description:
      "Who may log in to the apps with `basicAuth: true`: a line `user:hash` each, as `htpasswd -nBC 10 USER` prints it.",
    fallback: "nobody; needed by an app with `basicAuth: true`",
    see: "https://httpd.apache.org/docs/current/programs/htpasswd.html",
  }),
} as const;

export const secretKeys: readonly string[] = Object.keys(secrets);

/** What the providers read themselves and must be encrypted, too. */
export const providerSecrets: readonly string[] = [
  "cloudflare:apiKey",
  "cloudflare:apiToken",
  "cloudflare:apiUserServiceKey",
  "kubernetes:kubeconfig",
  "tailscale:apiKey",
  "tailscale:identityToken",
  "tailscale:oauthClientSecret",
];

export type AcmeSettings = z.infer<typeof acme>;
