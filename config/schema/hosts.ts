import { isIPv4 } from "node:net";
import type { z } from "zod";
import { isPublicAddress, isTailnetAddress, tailnetRange } from "../../components/inputs/networks.ts";
import { integer, section, text } from "./fields.ts";
import * as formats from "./formats.ts";
import { defaultLimits, limitRanges } from "../../components/edge/limits.ts";
import { dnsName, ipv4, isDnsName, label, port } from "./kinds.ts";

/* The options of a host: a VPS (an edge), or the control plane at home. */

const ssh = section({
  user: text({ kind: "a user name", example: "deploy", pattern: /^[a-z_][a-z0-9_-]{0,31}$/ }).describe(
    "The user to log in as. It needs `sudo` without a password.",
  ),
  host: dnsName({
    kind: "a host name or IPv4 address",
    example: "192.168.1.10",
    valid: (value) => isIPv4(value) || isDnsName(value),
  })
    .optional()
    .meta({
      description: "The name or address to dial.",
      fallback: "a VPS's `publicIp`, the control plane's tailnet address",
    }),
  port: port(22).default(22).describe("TCP port of its SSH server."),
  hostKey: text({
    kind: "an Ed25519 host key",
    example: "",
    pattern: formats.hostKey,
    hint: "Run `ssh-keyscan -t ed25519 HOST` and copy what follows the host's name: ssh-ed25519 AAAA….",
    suggest: formats.toHostKey,
  }).describe(
    "The host's own Ed25519 public key, as `ssh-keyscan -t ed25519 HOST` prints it after the host's " +
      "name. Connections to a host with any other key are refused.",
  ),
});

const host = {
  device: dnsName({
    kind: "a device's name",
    example: "vps",
    hint: "Set the name that `tailscale status` lists, such as vps or vps.tail1234.ts.net.",
  }).meta({
    description: "Its name in the tailnet, short or full, as `tailscale status` lists it.",
    see: "https://tailscale.com/kb/1098/machine-names",
  }),
  tailnetIp: ipv4({
    kind: `a tailnet address (${tailnetRange})`,
    example: "100.101.102.103",
    valid: isTailnetAddress,
    hint:
      "Set what `tailscale ip -4` prints on that host, or remove the option to have it looked up by the " +
      "device's name.",
  })
    .optional()
    .meta({
      description: "Its IPv4 address in the tailnet.",
      fallback: "looked up through Tailscale's API by `device`",
      see: "https://tailscale.com/kb/1015/100.x-addresses",
    }),
  ssh: ssh.describe(
    "How to log in to it. The private key is the secret `mynodeone:sshPrivateKey`, or the one for this host in " +
      "`mynodeone:sshPrivateKeys`.",
  ),
};

const traefik = section({
  url: text({
    kind: "an http:// or https:// URL",
    example:
      "https://github.com/traefik/traefik/releases/download/v3.7.12/traefik_v3.7.12_linux_amd64.tar.gz",
    pattern: /^https?:\/\//,
    valid: formats.isWebUrl,
  }).meta({
    description: "A release archive (.tar.gz).",
    see: "https://github.com/traefik/traefik/releases",
  }),
  sha256: text({
    kind: "a SHA-256 checksum (64 hexadecimal digits)",
    example: "",
    pattern: /^[0-9a-f]{64}$/,
    hint: "Copy it from the release's checksums file, in lowercase.",
    suggest: (value) => value.trim().toLowerCase(),
  }).describe("The archive's checksum, verified before it is unpacked."),
});

const limits = section({
  connections: integer(...limitRanges.connections, defaultLimits.connections)
    .default(defaultLimits.connections)
    .meta({
      description:
        "TCP connections that one client can have open to ports 80 and 443; further ones are reset. A " +
        "client is an IPv4 address or an IPv6 /64 network: a household, or an office, which may need more. " +
        "Connections from Cloudflare do not count if an app has `cdn: true`.",
    }),
  streams: integer(...limitRanges.streams, defaultLimits.streams)
    .default(defaultLimits.streams)
    .meta({
      description: "Requests in flight at once over one HTTP/2 connection; a browser queues further ones.",
      see: "https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/",
    }),
  requestHours: integer(...limitRanges.requestHours, defaultLimits.requestHours)
    .default(defaultLimits.requestHours)
    .describe("Hours that one request may take to arrive. An upload that takes longer is aborted."),
  memoryPercent: integer(...limitRanges.memoryPercent, defaultLimits.memoryPercent)
    .default(defaultLimits.memoryPercent)
    .describe("Percent of the VPS's memory that Traefik may use before it is restarted."),
});

export const edge = section({
  name: label("contabo").describe("What it is called in previews and outputs."),
  publicIp: ipv4({
    kind: "a public IPv4 address",
    example: "203.0.113.7",
    valid: isPublicAddress,
    hint: "Set the address that your provider gave the VPS, such as 203.0.113.7.",
  }).describe("The IPv4 address that visitors connect to and DNS records point to."),
  ...host,
  limits: limits.optional().meta({
    description: "How much of the VPS one client may use.",
    fallback: "each limit's default",
  }),
  traefik: traefik.optional().meta({
    description: "Another Traefik release, statically linked as the official ones are, with its checksum.",
    fallback: "the release that this project is tested with",
  }),
});

export const defaultControlPlaneName = "home";

export const controlPlane = section({
  name: label("home").default(defaultControlPlaneName).describe("What it is called in previews and outputs."),
  ...host,
});

export type EdgeSettings = z.infer<typeof edge>;
export type ControlPlaneSettings = z.infer<typeof controlPlane>;
export type SshSettings = z.infer<typeof ssh>;
