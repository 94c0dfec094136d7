import { privateNetworks, tailnetRange, uniqueLocal } from "../../inputs/networks.ts";

/*
 * Every rule is spelled as `ufw show added` prints it: that is how a rule that is there already is
 * recognised. See https://manpages.debian.org/stable/ufw/ufw.8.en.html
 */

/** The interface that tailscaled makes on Linux. */
export const tailnetInterface = "tailscale0";

/** One rule for each client of a proxy. */
export function proxyRules(address: string, port: number, allow: string[]): string[] {
  return allow.map(
    (client) => `allow in on ${tailnetInterface} from ${client} to ${address} port ${port} proto tcp`,
  );
}

/** What the public side of an edge takes besides SSH. */
export const edgeRules = ["allow 80/tcp", "allow 443/tcp"];

/** With link-local addresses. */
const privateNetworks6 = [uniqueLocal, "fe80::/10"];

/**
 * Ports of the home that are for its own networks and the tailnet, and for the internet only where the run itself comes
 * from there: the API server's; SSH is added where it listens.
 */
export const homePorts = [6443];

/** Rules for a TCP port that is for private networks and the tailnet; IPv6 is left out where UFW does not know it. */
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
 * What has to go on working on a Kubernetes host once UFW denies by default, besides SSH and the API server: the
 * tailnet's direct connections, traffic of pods and Services (UFW drops forwarded packets too), and what k3s workers
 * on the LAN speak with the control plane: kubelet and flannel's VXLAN. Whom of those that forwarded traffic comes from
 * it is meant for, the cluster's own table says: see `renderClusterTable`.
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
