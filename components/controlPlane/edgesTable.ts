import { shellCommand } from "../host/quote.ts";
import { signature } from "../host/signature.ts";
import {
  hostTable,
  putTablePart,
  removeTable,
  removeTablePart,
  renderHostTable,
  setUpTable,
  type HostTable,
} from "../host/firewall/table.ts";
import { hostDirectory, proxyFirewallFile } from "../names.ts";
import { tailnetInterface } from "../host/firewall/ufw.ts";

const table: HostTable = {
  name: "mynodeone-edges",
  description: "Blocks edges from all ports except those of the proxies that allow them",
};

/** After connection tracking and before any DNAT: rules match the destination that the edge used. */
export const beforeNat = -110;

const addresses4 = "<EDGES4>";
const addresses6 = "<EDGES6>";
const ssh = "<SSH>";

/**
 * The table's text, with marks for the addresses that the script finds out.
 *
 * An edge is on the internet and may be compromised. It reaches only the proxies published to it, and nothing else of
 * the home, its LAN and its cluster, over IPv4 or IPv6. The drop is final, whatever tailscaled's rules have accepted.
 * Answers to connections from the home are accepted, and so are ICMP errors about them: path MTU discovery needs those.
 *
 * What tailscaled itself answers passes no table: Tailscale SSH, `tailscale serve` and its DNS. The tailnet policy
 * decides on those.
 */
function renderEdgesTable(): string {
  return renderHostTable(
    table,
    `  set edges4 {
    typeof ip saddr
    ${addresses4}
  }
  set edges6 {
    typeof ip6 saddr
    ${addresses6}
  }
  # Edge, address and port of a proxy.
  set published {
    type ipv4_addr . ipv4_addr . inet_service
  }
  chain prerouting {
    type filter hook prerouting priority ${beforeNat}; policy accept;
    iifname != "${tailnetInterface}" accept
    ip saddr @edges4 goto edge
    ip6 saddr @edges6 goto edge
  }
  chain edge {
    ct direction reply accept
    ct state related meta l4proto { icmp, ipv6-icmp } accept
    ip saddr . ip daddr . tcp dport @published accept
    ${ssh}
    counter drop
  }`,
    `include "${hostDirectory}/*.published"\n`,
  );
}

/**
 * Shell text that limits edges to the proxies published to them.
 *
 * tailscaled at home knows each edge's IPv6 address. The run's own connection is kept, even if it comes from an edge.
 *
 * @param edges their IPv4 addresses in the tailnet
 */
export function setUpEdgesTable(edges: string[]): string {
  return `
edges4= edges6= from_edge=
set -- $ssh_connection
for edge in ${shellCommand(...edges)}; do
  both=
  # Just after its start, tailscaled does not know the other devices yet.
  asks_tailscaled() { both=$(tailscale whois "$edge" 2>/dev/null | sed -n 's/^ *Addresses:[[:space:]]*\\[\\(.*\\)\\]$/\\1/p') && [ -n "$both" ]; }
  within 10 asks_tailscaled ||
    fail "$0: tailscaled on this host does not know the edge $edge, so its IPv6 address cannot be blocked. Check: tailscale status; tailscale whois $edge. If the tailnet's policy hides the edge from this host, allow the edge to reach this host."
  for address in "$edge" $both; do
    address=\${address%/*}
    case $address in
      *[!0-9a-fA-F.:]*) ;;
      *:*) edges6="\${edges6:+$edges6, }$address" ;;
      *) case ", $edges4, " in *", $address, "*) ;; *) edges4="\${edges4:+$edges4, }$address" ;; esac ;;
    esac
    if [ "$address" = "\${1:-}" ]; then from_edge=$address; fi
  done
done
edges_ssh=
if [ -n "$from_edge" ]; then
  case $from_edge in
    *:*) edges_ssh="ip6 saddr $from_edge ip6 daddr $3 tcp dport $4 accept" ;;
    *) edges_ssh="ip saddr $from_edge ip daddr $3 tcp dport $4 accept" ;;
  esac
  warn "$0: this run comes from the edge $from_edge, so that edge can still reach SSH at port $4 of this host. Run from another device: an intruder on the edge could log in here."
fi
${setUpTable(table, renderEdgesTable(), {
  [addresses4]: "${edges4:+elements = { $edges4 \\}}",
  [addresses6]: "${edges6:+elements = { $edges6 \\}}",
  [ssh]: "$edges_ssh",
})}`.trim();
}

/** Shell text that removes the limits: edges are treated like any other tailnet device. */
export function removeEdgesTable(): string {
  return removeTable(table);
}

/** Shell text that publishes a proxy to those of its clients that are edges, given as single addresses. */
export function publishToEdges(proxy: {
  app: string;
  address: string;
  port: number;
  allow: string[];
}): string {
  const edges = proxy.allow.filter((client) => !client.includes("/"));
  if (edges.length === 0) return removeTablePart(table, proxyFirewallFile(proxy.app, "published"));
  const elements = edges.map((edge) => `${edge} . ${proxy.address} . ${proxy.port}`).join(", ");
  const text = `# ${signature}.\nadd element ${hostTable(table)} published { ${elements} }\n`;
  return putTablePart(table, proxyFirewallFile(proxy.app, "published"), text);
}

/** Shell text that withdraws the proxy from all edges. */
export function withdrawFromEdges(app: string): string {
  return removeTablePart(table, proxyFirewallFile(app, "published"));
}
