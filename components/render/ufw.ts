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

const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/**
 * What has to go on working on a Kubernetes host once UFW denies by default, besides SSH: the tailnet's direct
 * connections, the API server, traffic of pods and Services (UFW drops forwarded packets too), and what k3s workers
 * on the LAN speak with the control plane: kubelet and flannel's VXLAN.
 *
 * @see https://docs.k3s.io/installation/requirements#networking
 */
export function controlPlaneRules(clusterCidrs: string[]): string[] {
  return [
    "allow 41641/udp",
    "allow 6443/tcp",
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
