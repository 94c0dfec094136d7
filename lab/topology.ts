import { labName } from "./paths.ts";
import type { SystemName } from "./systems.ts";

/**
 * The lab's hosts and networks, declared once.
 *
 * ```
 *   inet  198.51.100.0/24   bridge; DNS, CA, the vendors' APIs, tailnet control, package mirror
 *    ├── client  .50        looks from outside
 *    ├── phone   .60        a tailnet device that is neither edge nor home
 *    ├── vps     .10        systemd, sshd, UFW, tailscaled, Traefik
 *    ├── vps2    .11        a second VPS, booted only by tests
 *    └── router  .20        NAT: no incoming connections; DHCP and DNS for the LAN
 *         ├── laptop  10.77.0.50   where the program runs
 *         └── home    10.77.0.10   systemd, sshd, UFW, tailscaled, socat units; Kubernetes
 * ```
 *
 * All hosts have IPv6, too: the internet's hosts have global addresses, the home's also private ones. The router
 * accepts no incoming connection over either protocol.
 *
 * Every address is in one of the lab's own network namespaces; the interfaces and routes of the machine's root
 * namespace do not change.
 */
export const domain = "lab.test";

export const inet = {
  subnet: "198.51.100.0/24",
  gateway: "198.51.100.1",
  gateway6: "2001:db8:51::1",
} as const;

export const lan = {
  subnet: "10.77.0.0/24",
  gateway: "10.77.0.1",
  subnet6: "2001:db8:77::/64",
  gateway6: "2001:db8:77::1",
} as const;

/** Addresses of the services in the `inet` namespace, one for each, as on the real internet. */
export const services = {
  dns: { address: "198.51.100.2", port: 53 },
  acme: { address: "198.51.100.3", port: 443, name: "acme.lab.test" },
  cloudflare: { address: "198.51.100.4", port: 80, name: "api.cloudflare.lab.test" },
  tailscale: { address: "198.51.100.5", port: 80, name: "api.tailscale.lab.test" },
  headscale: { address: "198.51.100.6", port: 443, name: "control.lab.test" },
  mirror: { address: "198.51.100.7", port: 80, name: "mirror.lab.test" },
} as const;

/** The hosts: machines that boot systemd, or bare namespaces that only originate traffic. */
export const hosts = {
  vps: host("machine", "inet", "198.51.100.10", "2001:db8:51::10"),
  vps2: host("machine", "inet", "198.51.100.11", "2001:db8:51::11"),
  home: { ...host("machine", "lan", "10.77.0.10", "2001:db8:77::10", "fd00:77::10"), dhcp: true },
  client: host("namespace", "inet", "198.51.100.50", "2001:db8:51::50"),
  phone: host("namespace", "inet", "198.51.100.60", "2001:db8:51::60"),
  laptop: host("namespace", "lan", "10.77.0.50", "2001:db8:77::50", "fd00:77::50"),
};

/** The machine that only tests boot: see `startSpareEdge`. */
export const spareEdge = "vps2";

export const router = { inet: "198.51.100.20", inet6: "2001:db8:51::20", lan: lan.gateway } as const;

export const kubernetes = {
  apiServer: `https://${hosts.home.address}:6443`,
  podCidr: "10.42.0.0/16",
  /** The node's part of the pod network. */
  nodePodCidr: "10.42.0.0/24",
  serviceCidr: "10.43.0.0/16",
  clusterDns: "10.43.0.10",
} as const;

/** The hosts that boot their own system. */
export type MachineName = "vps" | "vps2" | "home";

/** Variants of the lab: the system that each machine boots. Tests run on `standard` by default. */
export const variants = {
  standard: { edges: "debian12Cloud", home: "debian12" },
  crowdedVps: { edges: "debian12Crowded", home: "debian12" },
  debian13: { edges: "debian13Cloud", home: "debian13" },
  ubuntu24: { edges: "ubuntu24", home: "ubuntu24" },
} as const satisfies Record<string, { edges: SystemName; home: SystemName }>;

export type VariantName = keyof typeof variants;

export function machineSystems(variant: VariantName): Record<MachineName, SystemName> {
  const { edges, home } = variants[variant];
  return { vps: edges, vps2: edges, home };
}

export interface Host {
  kind: "machine" | "namespace";
  network: "inet" | "lan";
  /** IPv4. */
  address: string;
  /** IPv6, all with a prefix of 64 bits. */
  addresses6: readonly string[];
  /** Whether it gets its IPv4 address from the router. */
  dhcp?: boolean;
}

/** A host's hardware address, by which the router identifies it. */
export function macOf({ address }: Pick<Host, "address">): string {
  const octets = address.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return ["02", "00", ...octets].join(":");
}

function host(
  kind: Host["kind"],
  network: Host["network"],
  address: string,
  ...addresses6: readonly string[]
): Host {
  return { kind, network, address, addresses6 };
}

/** The name of the namespace on the machine, as shown by `ip netns`. */
export function netns(host: string): string {
  return `mynodeone-${labName}-${host}`;
}
