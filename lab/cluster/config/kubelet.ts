import { stringify } from "yaml";
import { runtime } from "../layout.ts";
import type { ClusterNetwork } from "../options.ts";

export interface KubeletConfig {
  network: Pick<ClusterNetwork, "clusterDns" | "clusterDomain">;
  /** Directory of the certificates. */
  pki: string;
  resolvConf: string;
  /** Parent of all pods' cgroups, e.g. `/lab`. */
  cgroupRoot: string;
}

/** @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
export function renderKubeletConfig({ network, pki, resolvConf, cgroupRoot }: KubeletConfig): string {
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: { anonymous: { enabled: false }, x509: { clientCAFile: `${pki}/ca.crt` } },
    authorization: { mode: "Webhook" },
    tlsCertFile: `${pki}/kubelet-server.crt`,
    tlsPrivateKeyFile: `${pki}/kubelet-server.key`,
    containerRuntimeEndpoint: `unix://${runtime.socket}`,
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
    clusterDNS: [network.clusterDns],
    clusterDomain: network.clusterDomain,
    resolvConf,
    cgroupDriver: "cgroupfs",
    cgroupRoot,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    // Images are not garbage-collected and pods not evicted for a full disk, since no registry could provide an image
    // again.
    imageGCHighThresholdPercent: 100,
    imageMinimumGCAge: "8760h",
    evictionHard: {
      "memory.available": "50Mi",
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
      "imagefs.inodesFree": "0%",
    },
  });
}
