import type { z } from "zod";
import { interfaceName } from "../../components/inputs/interfaceName.ts";
import { isHostName } from "../../components/inputs/dnsName.ts";
import { isClusterAddress, k3sNetworks } from "../../components/inputs/networks.ts";
import { choice, listOf, section, text } from "./fields.ts";
import * as formats from "./formats.ts";
import { controlPlane, edge } from "./hosts.ts";
import { clusterNetwork, dnsName, httpsUrl, ipv4 } from "./kinds.ts";

/*
 * All options below `mynodeone:` in Pulumi.<stack>.yaml. This is the only definition: the checks, the program's types,
 * the JSON Schema for editors and docs/options.md are derived from it. Pulumi.prod.yaml is the sample that explains
 * every option.
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
      "before a certificate expires. Used when the account is registered; a later change has no effect.",
    see: "https://letsencrypt.org/docs/expiration-emails/",
  }),
  server: httpsUrl("https://acme-staging-v02.api.letsencrypt.org/directory")
    .optional()
    .meta({
      description:
        "Directory URL of the certificate authority. For a first try, Let's Encrypt's staging server has no tight " +
        "rate limits; browsers do not accept its certificates. After a change all names get new certificates, and " +
        "the old server's are kept on the VPS in case you change back.",
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
        "How control of the domain is proven: over port 80 of the VPS, or by a DNS record made with the secret " +
        "`mynodeone:acmeDnsToken`.",
      see: "https://letsencrypt.org/docs/challenge-types/",
    }),
});

export const defaultTimeZone = "UTC";

/** Every key that the loader reads. Apps are read one by one, so that errors of one do not hide another's. */
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
  clusterCidrs: listOf(clusterNetwork, "network")
    .optional()
    .meta({
      description: "The cluster's pod and Service networks: the only ones that a proxy connects to.",
      fallback: `those of k3s, ${k3sNetworks.join(" and ")}`,
      see: "https://docs.k3s.io/networking/basic-network-options",
    }),
  clusterInterfaces: listOf(
    text({
      kind: "a network interface's name",
      example: "cni0",
      pattern: interfaceName,
      hint: "Write it as `ip link` lists it, such as cni0, with * at the end for all that begin like it.",
    }),
    "interface",
  )
    .optional()
    .meta({
      description:
        "Network interfaces of the control plane that only the cluster uses, if its pod network is none of the " +
        "usual ones (flannel, Calico, Cilium, kube-router, Weave, Antrea, OVN-Kubernetes). Traffic to pods and " +
        "ClusterIPs from other interfaces is dropped.",
      fallback: "those of the usual ones",
    }),
  podTransport: choice(["tunnel", "lan"])
    .default("tunnel")
    .meta({
      description:
        "How packets of pods travel between nodes: in a tunnel (VXLAN, WireGuard, IP-in-IP), or unencapsulated over " +
        "the `lan`, as with flannel's backend `host-gw`. With `lan`, any device of the LAN can reach pods with a " +
        "forged address.",
      see: "https://docs.k3s.io/networking/basic-network-options#flannel-options",
    }),
  podsReach: listOf(choice(["tailnet", "ssh"]), "target")
    .optional()
    .meta({
      description:
        "What pods may reach beside the cluster, the LAN and the internet: `tailnet` for the tailnet's devices, " +
        "which see the control plane's address, `ssh` for its SSH server.",
      fallback: "neither",
    }),
  clusterDomain: dnsName({ kind: "a DNS domain", example: "cluster.local" }).default("cluster.local").meta({
    description:
      "The cluster's DNS domain, below which the proxies look up Services (`--cluster-domain` of k3s).",
    see: "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
  }),
  tailnetPolicy: choice(["compare", "manage"])
    .optional()
    .meta({
      description:
        "What the program does about the tailnet's policy file. `compare` reports before each run what the edges " +
        "reach beyond the apps on the internet, what they cannot reach, and which rule to add; the OAuth client " +
        "needs the scope `policy_file:read`. `manage` replaces Tailscale's default policy, and no other, by one in " +
        "which the edges reach the proxies of apps on the internet and nothing else; it needs the scope " +
        "`policy_file`. Removing the option or the stack restores the default policy.",
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

export type AcmeSettings = z.infer<typeof acme>;
