import { shellCommand, shellQuote } from "../host/quote.ts";
import { awkFunctions } from "../host/firewall/awkFunctions.ts";
import { beforeNat } from "./edgesTable.ts";
import { removeTable, renderHostTable, setUpTable, type HostTable } from "../host/firewall/table.ts";
import { privateNetworks, tailnetRange, tailscaleDns, uniqueLocal } from "../inputs/networks.ts";
import { tailnetInterface } from "../host/firewall/ufw.ts";

const table: HostTable = {
  name: "mynodeone-cluster",
  description: "Blocks the LAN from pods and Services, and pods from the tailnet",
};

/**
 * Interfaces of the host that belong to a cluster; a trailing `*` matches any text.
 *
 * Those of flannel and k3s, Calico and Canal, Cilium, kube-router, Weave, Antrea and OVN-Kubernetes, of the plain
 * `bridge` and `ptp` plugins (kind, kubenet), and kube-proxy's own in IPVS mode.
 */
const clusterInterfaces: readonly string[] = [
  ...["cni0", "cbr0", "veth*", "flannel*"],
  ...["cali*", "tunl0", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali"],
  ...["lxc*", "cilium_*"],
  ...["kube-bridge", "kube-ipvs0", "kube-dummy-if", "weave", "antrea-gw0", "ovn-k8s-mp0"],
];

/** LXC's bridge has the prefix of Cilium's interfaces. */
const notOurs = ["lxcbr0"];
/** Other programs use this prefix for their containers' interfaces. */
const ambiguous = "veth*";

/** Targets outside the cluster that pods may be allowed to reach. */
export const podTargets = ["tailnet", "ssh"] as const;
/** What pods may be allowed to reach: the tailnet's devices, or this host's SSH server. */
export type PodTarget = (typeof podTargets)[number];

/** Inputs of the cluster's nftables table. */
export interface ClusterTable {
  /** Its pod and Service networks, IPv4. */
  networks: string[];
  /** IPv4 addresses of its nodes. */
  nodes: string[];
  /** Whether nodes exchange pod packets without a tunnel. */
  podsOverLan: boolean;
  /** Interfaces of the cluster besides the usual ones. */
  interfaces: string[];
  /** Targets outside the cluster that its pods may reach. */
  podsReach: readonly PodTarget[];
}

// No interface can have this name.
const sshPorts = "<SSH_PORTS>";
const lanNetworks = "<LAN_NETWORKS>";

/**
 * The table's text, with marks for what the script finds out: the SSH ports, and the host's LAN where that lies in the
 * cluster's networks.
 *
 * Packets from outside the cluster to pods and ClusterIPs are dropped. Published Services are not affected: their
 * packets arrive at a node's address (NodePort, hostPort) or a load balancer's, and are redirected to a pod only later.
 * Packets from outside with a pod's source address are dropped too, since the host accepts pods.
 *
 * Where nodes exchange pod packets without a tunnel (host-gw), these packets come from outside. Only the interface of
 * the kernel's route to their sender tells them from forged ones.
 *
 * Tailnet devices get this far only if this host is their approved route to the cluster's networks.
 *
 * Pods reach the internet and the LAN as before. In the tailnet they would appear with this host's address; they reach
 * only the tailnet's DNS there, which the cluster's DNS may ask. An exit node chosen on the host remains the way to the
 * internet.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/
 */
function renderClusterTable(cluster: ClusterTable): string {
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
 * Shell text that isolates the cluster's networks from the LAN and the tailnet. A run from inside a pod keeps its
 * access to SSH.
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
  warn "$0: this run comes from a pod ($1), so pods can still reach SSH of this host. To allow that, set podsReach: [ssh]"
fi
if [ -n "$ssh_rule" ]; then ssh_rule="tcp dport { ${sshPort}\${4:+, $4} } jump pods_to_ssh"; fi
${setUpTable(table, renderClusterTable(cluster), {
  [sshPorts]: "$ssh_rule",
  [lanNetworks]: "${lan:+elements = { $lan \\}}",
})}`.trim();
}

/** Shell text that removes the table. */
export function removeClusterTable(): string {
  return removeTable(table);
}
