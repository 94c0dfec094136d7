import { hosts, kubernetes, netns, services } from "../topology.ts";

/** Where the cluster runs. */
export interface ClusterOptions {
  /** Network namespace that holds the node's address. @default that of the lab host `home` */
  netns?: string;
}

export function clusterNetns(options: ClusterOptions): string {
  return options.netns ?? netns("home");
}

/** The values from which the configuration of the cluster's programs is rendered. */
export interface ClusterNetwork {
  nodeName: string;
  nodeAddress: string;
  /** The cluster's pod network. */
  podCidr: string;
  /** The node's part of the pod network. */
  nodePodCidr: string;
  serviceCidr: string;
  clusterDns: string;
  /** Resolver for all names outside of `clusterDomain`. */
  upstreamDns: string;
  clusterDomain: string;
}

export const network: ClusterNetwork = {
  nodeName: "home",
  nodeAddress: hosts.home.address,
  podCidr: kubernetes.podCidr,
  nodePodCidr: kubernetes.nodePodCidr,
  serviceCidr: kubernetes.serviceCidr,
  clusterDns: kubernetes.clusterDns,
  upstreamDns: services.dns.address,
  clusterDomain: "cluster.local",
};
