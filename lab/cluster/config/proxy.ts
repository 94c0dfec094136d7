import { stringify } from "yaml";
import type { ClusterNetwork } from "../options.ts";

/** @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ */
export function renderProxyConfig(
  { podCidr, nodeName }: Pick<ClusterNetwork, "podCidr" | "nodeName">,
  kubeconfig: string,
): string {
  return stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig },
    hostnameOverride: nodeName,
    mode: "nftables",
    clusterCIDR: podCidr,
    oomScoreAdj: 0,
    // The connection tracking table belongs to the machine and is left unchanged.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  });
}
