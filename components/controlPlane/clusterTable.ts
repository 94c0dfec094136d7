import { shellCommand, shellQuote } from "../host/quote.ts";
import { awkFunctions } from "../host/firewall/awkFunctions.ts";
import { beforeNat } from "./edgesTable.ts";
import { removeTable, renderHostTable, setUpTable, type HostTable } from "../host/firewall/table.ts";
import { privateNetworks, tailnetRange, tailscaleDns, uniqueLocal } from "../inputs/networks.ts";
import { tailnetInterface } from "../host/firewall/ufw.ts";

const table: HostTable = {
  name: "mynodeone-cluster",
  description: "Keeps the LAN from pods and Services, and pods from the tailnet",
};

/**
 * Interfaces of the host that belong to a cluster alone; `*` at the end stands for any text.
 *
 * Those of flannel and k3s, Calico and Canal, Cilium, kube-router, Weave, Antrea and OVN-Kubernetes, of the plain `bridge`
 * and `ptp` plugins (kind, kubenet), and kube-proxy's own in IPVS mode.
 */
export const clusterInterfaces: readonly string[] = [
  ...["cni0", "cbr0", "veth*", "flannel*"],
  ...["cali*", "tunl0", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali"],
  ...["lxc*", "cilium_*"],
  ...["kube-bridge", "kube-ipvs0", "kube-dummy-if", "weave", "antrea-gw0", "ovn-k8s-mp0"],
];

/** LXC's bridge is called like Cilium's interfaces. */
const notOurs = ["lxcbr0"];
/** Other programs give their containers interfaces of that name. */
const ambiguous = "veth*";

/** What pods may reach of what is not the cluster's. */
export const podTargets = ["tailnet", "ssh"] as const;
export type PodTarget = (typeof podTargets)[number];

/** What the cluster's own table is made from. */
export interface ClusterTable {
  /** Its pod and Service networks, IPv4. */
  networks: string[];
  /** IPv4 addresses of its nodes. */
  nodes: string[];
  /** Whether the nodes' pods meet without a tunnel. */
  podsOverLan: boolean;
  /** Interfaces that are the cluster's, beside the usual ones. */
  interfaces: string[];
  /** What its pods may reach. */
  podsReach: readonly PodTarget[];
}

// No interface has such a name.
const sshPorts = "<SSH_PORTS>";
const lanNetworks = "<LAN_NETWORKS>";

/**
 * The table's text, with words in place of what the script finds out: the ports of SSH, and the host's own LAN where that
 * lies in the cluster's networks.
 *
 * From outside of the cluster nobody reaches pods and ClusterIPs by a route of their own. What Kubernetes publishes on
 * purpose has another address when it comes in: a node's (NodePort, hostPort) or that of a load balancer. It is led to a
 * pod only later, so it does not count. Nor does anybody from outside pass for a pod, whom the host lets in.
 *
 * Where the nodes' pods meet without a tunnel (host-gw), their packets come from outside, too, and cannot be told from
 * forged ones by more than the interface that the kernel has a route to their sender by.
 *
 * The tailnet's devices get that far only if this host is their approved route to the cluster's networks.
 *
 * Pods go to the internet and the LAN as before. To the tailnet they would go as this host, by its address; there they
 * reach the tailnet's DNS alone, which the cluster's DNS may ask. An exit node that the host has chosen stays the way to
 * the internet.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/
 */
export function renderClusterTable(cluster: ClusterTable): string {
  const { networks, nodes, interfaces, podsOverLan, podsReach } = cluster;
  const own = [...new Set([...clusterInterfaces, ...interfaces])];
  const each = (rule: (name: string) => string, names = own) =>
    names.map((name) => `    ${rule(name)}`).join("\n");
  const inner = [
    "ip saddr @networks fib saddr . iif oif exists accept",
    ...(nodes.length > 0 ? [`ip saddr { ${nodes.join(", ")} } accept`] : []),
  ];
  const overLan = podsOverLan ? inner.map((rule) => `\n    ${rule}`).join("") : "";
  const fromPods = (verdict: string) =>
    `${each((name) => `iifname "${name}" return`, notOurs)}
${each((name) => `iifname "${name}"${name === ambiguous ? " ip saddr @networks" : ""} ${verdict}`)}`;
  const tailnet = podsReach.includes("tailnet")
    ? ""
    : `\n    oifname "${tailnetInterface}" jump pods_to_tailnet`;
  return renderHostTable(
    table,
    `  set networks {
    typeof ip saddr; flags interval; auto-merge
    elements = { ${networks.join(", ")} }
  }
  # Networks of the host's other interfaces that lie in the cluster's.
  set lan {
    typeof ip saddr; flags interval; auto-merge
    ${lanNetworks}
  }
  chain prerouting {
    type filter hook prerouting priority ${beforeNat}; policy accept;
    ct direction reply accept
    iifname { "lo", "${tailnetInterface}" } accept
    jump cluster
    ip daddr @lan accept${overLan}
    ip saddr @networks ip saddr != @lan counter drop
    ip daddr @networks counter drop
  }
  chain cluster {
${each((name) => `iifname "${name}" return`, notOurs)}
${each((name) => `iifname "${name}" accept`)}
  }
  chain forward {
    type filter hook forward priority -10; policy accept;
    ct direction reply accept${tailnet}
    iifname "${tailnetInterface}" accept
    jump cluster
    ct status dnat accept${overLan}
    jump into_cluster
  }
  # For IPv6, and for networks that are not known.
  chain into_cluster {
${each((name) => `oifname "${name}" return`, notOurs)}
${each(
  (name) => `oifname "${name}" counter drop`,
  own.filter((name) => name !== ambiguous),
)}
  }
  chain pods_to_tailnet {
${fromPods("goto tailnet")}
  }
  chain tailnet {
    ip daddr @networks accept
    ip daddr ${tailscaleDns.ipv4} meta l4proto { tcp, udp } th dport 53 accept
    ip6 daddr ${tailscaleDns.ipv6} meta l4proto { tcp, udp } th dport 53 accept
    ip daddr { ${[tailnetRange, ...privateNetworks].join(", ")} } counter drop
    ip6 daddr ${uniqueLocal} counter drop
  }
  chain input {
    type filter hook input priority -10; policy accept;
    ct direction reply accept
    ${sshPorts}
  }
  chain pods_to_ssh {
${fromPods("counter drop")}
  }`,
  );
}

/**
 * Shell text: the cluster's networks are apart from the LAN and the tailnet. A run that comes from a pod keeps its way to
 * SSH.
 */
export function setUpClusterTable(cluster: ClusterTable, sshPort: number): string {
  const closes = cluster.podsReach.includes("ssh") ? "" : "closed";
  return `
set -- $ssh_connection
is_clusters() {
  case $1 in
    ${notOurs.join(" | ")}) return 1 ;;
    ${[...clusterInterfaces, ...cluster.interfaces].join(" | ")}) ;;
    *) return 1 ;;
  esac
}
from_pod() {
  is_clusters "$(ip route get "$1" 2>/dev/null | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)"
}
in_networks() {
  awk ${shellQuote(`${awkFunctions}
BEGIN { for (i = 2; i < ARGC; i++) if (inside(ARGV[1], ARGV[i])) exit 0; exit 1 }`)} "$1" ${shellCommand(...cluster.networks)}
}
lan=$(
  ip -4 -o address show | while read -r _ device _ address _; do
    if is_clusters "$device" || ! in_networks "\${address%/*}"; then continue; fi
    case $device in lo | ${tailnetInterface}) ;; *) printf '%s\\n' "$address" ;; esac
  done | paste -sd ,
)
ssh_rule=${closes}
if [ -n "$ssh_rule" ] && from_pod "\${1:-}"; then
  ssh_rule=
  warn "$0: this run comes from a pod ($1), so pods keep their way to SSH of this host. To say so in the config: mynodeone:podsReach: [ssh]"
fi
if [ -n "$ssh_rule" ]; then ssh_rule="tcp dport { ${sshPort}\${4:+, $4} } jump pods_to_ssh"; fi
${setUpTable(table, renderClusterTable(cluster), {
  [sshPorts]: "$ssh_rule",
  [lanNetworks]: "${lan:+elements = { $lan \\}}",
})}`.trim();
}

/** Shell text: nothing of it is left. */
export function removeClusterTable(): string {
  return removeTable(table);
}
