import { labName } from "./paths.ts";

/**
 * The lab's world, declared once.
 *
 * ```
 *   inet  198.51.100.0/24   bridge; DNS, CA, the vendors' APIs, tailnet control, package mirror
 *    ├── client  .50        looks from outside
 *    ├── vps     .10        systemd, sshd, UFW, tailscaled, Traefik
 *    └── router  .20        NAT: home can be dialled by nobody
 *         ├── laptop  10.77.0.50   where the program runs
 *         └── home    10.77.0.10   systemd, sshd, UFW, tailscaled, socat units; Kubernetes
 * ```
 *
 * Every address lives in a network namespace of the lab's own; the machine's root namespace
 * keeps its interfaces and routes as they are.
 */
export const domain = "lab.test";

export const inet = {
  subnet: "198.51.100.0/24",
  gateway: "198.51.100.1",
} as const;

export const lan = {
  subnet: "10.77.0.0/24",
  gateway: "10.77.0.1",
} as const;

/** Addresses of the services in the `inet` namespace: one each, as on the real internet. */
export const services = {
  dns: { address: "198.51.100.2", port: 53 },
  acme: { address: "198.51.100.3", port: 443, name: "acme.lab.test" },
  cloudflare: { address: "198.51.100.4", port: 80, name: "api.cloudflare.lab.test" },
  tailscale: { address: "198.51.100.5", port: 80, name: "api.tailscale.lab.test" },
  headscale: { address: "198.51.100.6", port: 443, name: "control.lab.test" },
  mirror: { address: "198.51.100.7", port: 80, name: "mirror.lab.test" },
} as const;

/** The hosts: systemd-booted Debian trees, or bare namespaces that only originate traffic. */
export const hosts = {
  vps: { kind: "machine", network: "inet", address: "198.51.100.10" },
  home: { kind: "machine", network: "lan", address: "10.77.0.10" },
  client: { kind: "namespace", network: "inet", address: "198.51.100.50" },
  laptop: { kind: "namespace", network: "lan", address: "10.77.0.50" },
} as const;

export const router = { inet: "198.51.100.20", lan: lan.gateway } as const;

export const kubernetes = {
  apiServer: `https://${hosts.home.address}:6443`,
  podCidr: "10.42.0.0/16",
  serviceCidr: "10.43.0.0/16",
  clusterDns: "10.43.0.10",
} as const;

/** The namespace's name on the machine, as `ip netns` shows it. */
export function netns(host: string): string {
  return `mynodeone-${labName}-${host}`;
}
