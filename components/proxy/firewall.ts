import { proxyUnits } from "../names.ts";
import { signature } from "../host/signature.ts";
import { proxyLimits } from "./limits.ts";
import { whileListening } from "../host/firewall/keeper.ts";
import { renderTable } from "../host/firewall/table.ts";
import { tailnetInterface } from "../host/firewall/ufw.ts";

/** Who may reach one proxy. */
export interface ProxyFirewall {
  /** The app it belongs to: a DNS label. */
  app: string;
  /** The proxy's own address. */
  address: string;
  /** The proxy's TCP port. */
  port: number;
  /** IPv4 addresses and networks that may connect; at least one. */
  allow: string[];
}

/**
 * Local ports of clients that a proxy's firewall refuses by an ICMP error that TCP has no use for: an edge that gets it
 * knows whose host it has reached. Below 1024 only root may bind them, and no system takes one for an ordinary connection.
 *
 * @see https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html (ip_local_port_range)
 */
export const probePorts = { first: 1008, last: 1023 } as const;

/** The table's family and name, as `nft delete table` takes them. */
export function firewallTable(app: string): string {
  return `inet mynodeone_${app.replaceAll("-", "_")}`;
}

/**
 * A table that drops what comes from anybody else.
 *
 * tailscaled accepts all that arrives on its interface before UFW is asked. An accept ends only
 * the chain that it stands in, a drop is final: so the limit holds in a base chain of its own,
 * whatever other chains have accepted.
 *
 * The host itself may connect (`lo`): it can reach the Service anyway. Pods may not: they have Services of their
 * own. A tailnet address counts on the tailnet's interface only, since some providers give out the same range.
 *
 * Connections beyond the limits are refused ({@link proxyLimits}).
 *
 * The rule of {@link probePorts} answers an edge that asks whether this host has the address and the port. Traffic that is redirected
 * earlier, or that another device takes, never reaches it.
 *
 * @see https://wiki.nftables.org/wiki-nftables/index.php/Configuring_chains
 */
export function renderProxyFirewall(firewall: ProxyFirewall): string {
  const target = `ip daddr ${firewall.address} tcp dport ${firewall.port}`;
  return `# ${signature}; loaded and removed with ${proxyUnits(firewall.app).socket}.
${whileListening(`src ${firewall.address}:${firewall.port}`)}
${renderTable(
  firewallTable(firewall.app),
  `  set sources {
    typeof ip saddr
    size 65535
    flags dynamic
  }
  chain input {
    type filter hook input priority -10; policy accept;
    iifname != { "lo", "${tailnetInterface}" } ${target} counter drop
    iifname != "lo" ${target} ip saddr != { ${firewall.allow.join(", ")} } counter drop
    iifname "${tailnetInterface}" ${target} tcp sport ${probePorts.first}-${probePorts.last} counter reject with icmp type prot-unreachable
    ${target} ct state new add @sources { ip saddr ct count over ${proxyLimits.perSource} } counter reject with tcp reset
    ${target} ct state new ct count over ${proxyLimits.total} counter reject with tcp reset
  }`,
)}`;
}
