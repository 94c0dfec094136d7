import { isIPv4 } from "node:net";
import { isIpv4Network, k3sNetworks, liesInAny } from "../inputs/networks.ts";
import { nodeAddresses, type Cluster } from "./cluster.ts";
import { LookupError } from "../inputs/lookupError.ts";

/** An object of the cluster, whose address must be in one of its networks. */
interface Located {
  what: string;
  /** Address or network, IPv4. */
  at: string;
}

/**
 * The cluster's pod and Service networks. The home's firewall drops traffic from and to other networks, and the
 * proxies' units refuse it.
 *
 * @param wanted networks from the config; @default k3s's, if the cluster's addresses lie in them, otherwise those that
 * the cluster reports
 * @param dns address of the cluster's DNS
 * @throws LookupError if an address of the cluster lies outside, or if its networks are unknown
 */
export function clusterNetworks(cluster: Cluster, wanted: string[] | undefined, dns: string): string[] {
  const located = locate(cluster, dns);
  const outside = (networks: string[]) => located.filter(({ at }) => !liesInAny(at, networks));
  if (wanted !== undefined) {
    const missing = outside(wanted);
    if (missing.length === 0) return wanted;
    throw new LookupError(
      `the cluster has addresses outside of ${wanted.join(", ")}: ${listed(missing)}. Requests of pods, including DNS ` +
        "queries, would be dropped. Set the cluster's pod and Service networks, or remove the option to have them read.",
    );
  }
  if (outside(k3sNetworks).length === 0) return k3sNetworks;
  const read = [...podNetworks(cluster), ...(cluster.serviceCidrs ?? [])].filter(isIpv4Network);
  if (read.length > 0 && outside(read).length === 0) return [...new Set(read)].sort();
  throw new LookupError(
    `the cluster does not report all of its networks, and it has addresses outside of k3s's ` +
      `(${k3sNetworks.join(", ")}): ${listed(outside(k3sNetworks))}. ` +
      "Set its pod and Service networks: --cluster-cidr and --service-cidr of k3s, podSubnet and serviceSubnet of kubeadm.",
  );
}

function locate(cluster: Cluster, dns: string): Located[] {
  const ofNodes = nodeAddresses(cluster);
  return [
    { what: "its DNS", at: dns },
    ...podNetworks(cluster).map((at) => ({ what: "a node's pods", at })),
    ...(cluster.serviceCidrs ?? []).map((at) => ({ what: "its Services", at })),
    // Some CNI plugins choose pod addresses regardless of the nodes' CIDRs.
    ...(cluster.pods ?? []).flatMap(({ metadata, spec, status }) =>
      spec?.hostNetwork === true || status?.podIP === undefined || ofNodes.includes(status.podIP)
        ? []
        : [{ what: `pod ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`, at: status.podIP }],
    ),
  ].filter(({ at }) => isIPv4(at) || isIpv4Network(at));
}

function podNetworks({ nodes = [] }: Cluster): string[] {
  const networks = nodes.flatMap(
    ({ spec }) => spec?.podCIDRs ?? (spec?.podCIDR === undefined ? [] : [spec.podCIDR]),
  );
  return [...new Set(networks.filter(isIpv4Network))];
}

function listed(located: Located[]): string {
  const shown = located.slice(0, 3).map(({ what, at }) => `${what} at ${at}`);
  const more = located.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
