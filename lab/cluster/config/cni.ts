import { runtime } from "../layout.ts";
import type { ClusterNetwork } from "../options.ts";

/**
 * One veth pair per pod, routed by the host (`ptp`) and not bridged: replies always pass the host's connection
 * tracking, so a pod reaches another one over a ClusterIP without br_netfilter.
 *
 * @see https://www.cni.dev/plugins/current/main/ptp/
 */
export function renderCniConfig({ nodePodCidr }: Pick<ClusterNetwork, "nodePodCidr">): string {
  return JSON.stringify(
    {
      cniVersion: "1.0.0",
      name: "pods",
      plugins: [
        {
          type: "ptp",
          ipam: {
            type: "host-local",
            dataDir: runtime.addressLeases,
            ranges: [[{ subnet: nodePodCidr }]],
            routes: [{ dst: "0.0.0.0/0" }],
          },
        },
        // A pod's hostPort is a DNAT rule of iptables: nothing listens on the node.
        { type: "portmap", capabilities: { portMappings: true } },
      ],
    },
    undefined,
    2,
  );
}
