import { privateNetworks, tailnetRange, uniqueLocal } from "../../inputs/networks.ts";

/*
 * Every rule is spelled as `ufw show added` prints it, so that an existing rule is recognised. See
 * https://manpages.debian.org/stable/ufw/ufw.8.en.html
 */

/** The interface that tailscaled creates on Linux. */
export const tailnetInterface = "tailscale0";

/** One rule for each client of a proxy. */
export function proxyRules(address: string, port: number, allow: string[]): string[] {
  return allow.map(
    (client) => `allow in on ${tailnetInterface} from ${client} to ${address} port ${port} proto tcp`,
  );
}

/** What an edge accepts from the internet besides SSH. */
export const edgeRules = ["allow 80/tcp", "allow 443/tcp"];

/** Includes link-local addresses. */
const privateNetworks6 = [uniqueLocal, "fe80::/10"];

/**
 * Ports of the home that are open to its own networks and the tailnet, and to the internet only if the run comes from
 * there: the API server's. SSH is added at its actual ports.
 */
export const homePorts = [6443];

/** Rules that open a TCP port to private networks and the tailnet. IPv6 ones are omitted if UFW does not support it. */
export function privateRules(port: number | string): { ipv4: string[]; ipv6: string[] } {
  const from = (network: string) => `allow from ${network} to any port ${port} proto tcp`;
  return {
    ipv4: [
      ...privateNetworks.map(from),
      `allow in on ${tailnetInterface} from ${tailnetRange} to any port ${port} proto tcp`,
    ],
    ipv6: privateNetworks6.map(from),
  };
}

/**
 * What a Kubernetes host needs besides SSH and the API server once UFW denies by default. This is the tailnet's direct
 * connections, and traffic of pods and Services (UFW drops forwarded packets too). k3s workers on the LAN use kubelet
 * and flannel's VXLAN on the control plane. The cluster's own table restricts the senders of forwarded traffic: see
 * `renderClusterTable`.
 *
 * @see https://docs.k3s.io/installation/requirements#networking
 */
export function controlPlaneRules(clusterCidrs: string[]): string[] {
  return [
    "allow 41641/udp",
    ...privateNetworks.flatMap((network) => [
      `allow from ${network} to any port 10250 proto tcp`,
      `allow from ${network} to any port 8472 proto udp`,
    ]),
    ...clusterCidrs.flatMap((cidr) => [
      `allow from ${cidr}`,
      `route allow from ${cidr}`,
      `route allow to ${cidr}`,
    ]),
  ];
}
