import type { V1Node, V1Pod, V1Service } from "@kubernetes/client-node";
import { isIPv4 } from "node:net";
import { clusterApi, clusterFailure, statusOf, type ClusterApi } from "./api.ts";

/** What is known of the cluster. A list is undefined if the kubeconfig's user may not read it. */
export interface Cluster {
  services: V1Service[] | undefined;
  nodes: V1Node[] | undefined;
  /** Pods that run or are about to. */
  pods: V1Pod[] | undefined;
  /** Networks of ClusterIPs; unknown for Kubernetes before 1.33. */
  serviceCidrs: string[] | undefined;
}

/**
 * Reads what the whole stack depends on, before any other lookup in the cluster. So a wrong kubeconfig is reported as
 * such.
 *
 * @throws LookupError if the API server does not answer, or does not know the user
 */
export async function readCluster(kubeconfig: string | undefined): Promise<Cluster> {
  const { core, networking } = await clusterApi(kubeconfig);
  const [services, nodes, pods, serviceCidrs] = await Promise.all([
    readable(core.listServiceForAllNamespaces()),
    readable(core.listNode()),
    readable(core.listPodForAllNamespaces({ fieldSelector: "status.phase!=Succeeded,status.phase!=Failed" })),
    readable(listServiceCidrs(networking)),
  ]);
  return { services: services?.items, nodes: nodes?.items, pods: pods?.items, serviceCidrs };
}

/** Undefined if the user may not read it; the config decides whether that matters. */
async function readable<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 403) return undefined;
    throw clusterFailure(error, "read the cluster");
  }
}

/** @see https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/service-cidr-v1/ */
async function listServiceCidrs(networking: ClusterApi["networking"]): Promise<string[] | undefined> {
  try {
    const { items } = await networking.listServiceCIDR();
    return items.flatMap(({ spec }) => spec?.cidrs ?? []);
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/**
 * The cluster's DNS Service: k3s and kubeadm name it kube-dns, others use another name with that label.
 *
 * @returns an IPv4 ClusterIP; undefined if not found
 * @see https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export function dnsAddress({ services = [] }: Cluster): string | undefined {
  const candidates = services.filter(
    ({ metadata }) =>
      metadata?.namespace === "kube-system" &&
      (metadata.name === "kube-dns" || metadata.labels?.["k8s-app"] === "kube-dns"),
  );
  const named = candidates.find(({ metadata }) => metadata?.name === "kube-dns") ?? candidates[0];
  return clusterIps(named).find((address) => isIPv4(address));
}

function clusterIps(service: V1Service | undefined): string[] {
  const spec = service?.spec;
  return spec?.clusterIPs ?? [spec?.clusterIP ?? ""];
}

/** The nodes' IPv4 addresses, which pods with `hostNetwork` use. */
export function nodeAddresses({ nodes = [] }: Cluster): string[] {
  const addresses = nodes.flatMap(({ status }) => status?.addresses ?? []);
  const own = addresses.filter(({ type, address }) => type === "InternalIP" && isIPv4(address));
  return [...new Set(own.map(({ address }) => address))].sort();
}
