import type { ClusterNetwork } from "../options.ts";

/** The nftables table with the one rule that lets pods reach addresses outside of the node. */
export const masqueradeTable = "pod-masquerade";

export function renderMasquerade(network: Pick<ClusterNetwork, "podCidr" | "serviceCidr">): string {
  const { podCidr, serviceCidr } = network;
  return `table ip ${masqueradeTable}
delete table ip ${masqueradeTable}
table ip ${masqueradeTable} {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr ${podCidr} ip daddr != { ${podCidr}, ${serviceCidr} } masquerade
  }
}
`;
}
