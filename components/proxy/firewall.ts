import { proxyUnits } from "../names.ts";
import { signature } from "../host/signature.ts";
import { proxyLimits } from "./limits.ts";
import { whileListening } from "../host/firewall/keeper.ts";
import { renderTable } from "../host/firewall/table.ts";
import { tailnetInterface } from "../host/firewall/ufw.ts";

/** Inputs of one proxy's firewall. */
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
 * Source ports for which a proxy's firewall refuses clients by an ICMP error that TCP does not use. It tells an edge
 * which host it has reached. Only root may bind ports below 1024, and no system uses them for ordinary connections.
 *
 * @see https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html (ip_local_port_range)
 */
export const probePorts = { first: 1008, last: 1023 } as const;

/** The table's family and name, as arguments of `nft delete table`. */
export function firewallTable(app: string): string {
  return `inet mynodeone_${app.replaceAll("-", "_")}`;
}

/**
 * A table that drops packets from all other senders.
 *
 * tailscaled accepts everything on its interface before UFW's rules. An accept ends only its own chain, but a drop is
 * final. So the limit has a separate base chain, where it holds whatever other chains have accepted.
 *
 * The host itself may connect (`lo`): it can reach the Service anyway. Pods may not, since they use Services directly.
 * Tailnet addresses are accepted on the tailnet's interface only, since some providers use the same range.
 *
 * Connections beyond the limits are refused ({@link proxyLimits}).
 *
 * The rule of {@link probePorts} answers an edge that asks whether this host has the address and port. Traffic that was
 * redirected earlier, or that another device receives, never reaches it.
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
