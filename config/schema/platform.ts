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
      "Contact address of the account at the certificate authority; some authorities require one. Let's " +
      "Encrypt sends no mails before a certificate expires. Used when the account is registered; a later " +
      "change has no effect.",
    see: "https://letsencrypt.org/docs/expiration-emails/",
  }),
  server: httpsUrl("https://acme-staging-v02.api.letsencrypt.org/directory")
    .optional()
    .meta({
      description:
        "Directory URL of the certificate authority. For a first try, use Let's Encrypt's staging server: " +
        "it has no tight rate limits, but browsers do not accept its certificates. After a change all " +
        "names get new certificates; those of the former server are kept on the VPS in case you change back.",
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
        "PEM certificate of the CA that signed the ACME server's own certificate, if that CA is private.",
      fallback: "the system's CAs",
    }),
  challenge: choice(["http-01", "dns-01"])
    .default("http-01")
    .meta({
      description:
        "How control of the domain is proven: over port 80 of the VPS, or by a DNS record that is created " +
        "with the secret `mynodeone:acmeDnsToken`.",
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
  }).describe("The domain of all apps, with its DNS at Cloudflare."),
  acme: acme.describe("Where certificates come from."),
  edges: listOf(edge, "VPS").describe("The VPSes that visitors connect to: at least one."),
  controlPlane: controlPlane.describe("The Kubernetes control plane at home."),
  clusterDns: ipv4({
    kind: "a private IPv4 address",
    example: "10.43.0.10",
    valid: isClusterAddress,
    hint: "Run `kubectl -n kube-system get service kube-dns` and set its CLUSTER-IP, or remove the option.",
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
      hint:
        "Set the name that `ip link` lists, such as cni0, with * at the end for all names that begin " +
        "like this.",
    }),
    "interface",
  )
    .optional()
    .meta({
      description:
        "Network interfaces of the control plane that only the cluster uses. Needed if its pod network is " +
        "not flannel, Calico, Cilium, kube-router, Weave, Antrea or OVN-Kubernetes. Traffic to pods and " +
        "ClusterIPs from other interfaces is dropped.",
      fallback: "only the interfaces of these pod networks",
    }),
  podTransport: choice(["tunnel", "lan"])
    .default("tunnel")
    .meta({
      description:
        "How pod traffic travels between nodes: in a tunnel (VXLAN, WireGuard, IP-in-IP), or " +
        "unencapsulated over the `lan`, as with flannel's backend `host-gw`. With `lan`, any device " +
        "on the LAN can reach pods by forging its source address.",
      see: "https://docs.k3s.io/networking/basic-network-options#flannel-options",
    }),
  podsReach: listOf(choice(["tailnet", "ssh"]), "target")
    .optional()
    .meta({
      description:
        "What pods are allowed to reach besides the cluster, the LAN and the internet: `tailnet` for the " +
        "tailnet's devices, which see the control plane's address as the source; `ssh` for the control " +
        "plane's SSH server.",
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
        "What the program does with the tailnet's policy file. `compare` reports at the start of each " +
        "run what the edges can reach besides the apps on the internet. It also reports which of these " +
        "apps they cannot reach, and which rule to add. The OAuth client needs the scope " +
        "`policy_file:read`. `manage` " +
        "replaces Tailscale's default policy, and no other, with one in which the edges reach only the " +
        "proxies of apps on the internet; it needs the scope `policy_file`. Removing the option or the " +
        "stack restores the default policy.",
      fallback: "it is neither read nor written",
      see: "https://tailscale.com/kb/1395/tailnet-policy-file",
    }),
  timeZone: text({
    kind: "a time zone",
    example: "Europe/Berlin",
    pattern: /^[A-Za-z]+(\/[A-Za-z0-9_+-]+)*$/,
    valid: formats.isTimeZone,
    hint: "Set a name of the tz database, such as Europe/Berlin.",
  })
    .default(defaultTimeZone)
    .meta({
      description: "The time zone of the apps, by its name in the tz database.",
      see: "https://en.wikipedia.org/wiki/List_of_tz_database_time_zones",
    }),
  zoneId: text({
    kind: "a Cloudflare zone id (32 hexadecimal digits)",
    example: "",
    pattern: /^[0-9a-f]{32}$/,
    hint: "Copy it from the domain's overview page at Cloudflare, or remove the option to have it looked up.",
  })
    .optional()
    .meta({ description: "The domain's zone at Cloudflare.", fallback: "looked up by `domain`" }),
} as const;

export type AcmeSettings = z.infer<typeof acme>;
