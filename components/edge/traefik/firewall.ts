import { isIPv6 } from "node:net";
import { removeTable, renderHostTable, setUpTable, type HostTable } from "../../host/firewall/table.ts";

const table: HostTable = {
  name: "mynodeone-clients",
  description: "Bounds what one client holds open of ports 80 and 443",
};

/** Sources that the kernel counts at once. Those beyond it are let in uncounted: a flood keeps nobody out. */
const countedSources = 65_535;

/** Seconds that a client has for its first whole message. */
const firstMessageSeconds = 60;

/** A TLS server's first answer is longer, and bare acknowledgements of a few packets are shorter. In bytes. */
const shortestAnswer = 500;

/** Bits of conntrack's labels, whose names other programs give from 0 upwards. */
const labels = { seen: 61, silent: 62 };

/** What the table depends on. */
export interface TraefikFirewall {
  /** Connections that one client may have open. */
  connections: number;
  /** Networks whose connections are not counted; valid ones. @default none */
  trustedProxies?: string[];
}

/**
 * A table that bounds what one client holds open of ports 80 and 443. It stands in a base chain of its own, whatever
 * other chains accept: a drop is final, an accept is not.
 *
 * - More connections at once than allowed are reset, so that a browser says so at once.
 * - Traefik has one deadline for a request's first byte and for its last, which is many hours. So the kernel ends
 *   connections that have got no answer of Traefik's within a minute, because they sent nothing, or half a
 *   ClientHello: all that comes from them is dropped then, and Traefik's keepalive takes the peer for dead after 3 minutes of
 *   silence and 9 probes, 15 seconds apart. Only who has completed TCP's handshake is written down, and who finds no
 *   room in the set is left alone: a flood of forged packets ends no connection.
 *
 * `ct reply bytes` has the kernel count bytes from the load of the table on. It is there before the network.
 *
 * @see https://wiki.nftables.org/wiki-nftables/index.php/Meters
 * @see https://www.netfilter.org/projects/nftables/manpage.html (CONNTRACK EXPRESSIONS)
 */
export function renderTraefikFirewall({ connections, trustedProxies = [] }: TraefikFirewall): string {
  const spared = trustedProxies.map((network) => {
    const family = isIPv6(network.split("/")[0] ?? "") ? "ip6" : "ip";
    return `    ${family} saddr ${network} accept\n`;
  });
  return renderHostTable(
    table,
    `  set clients4 { typeof ip saddr; flags dynamic; size ${countedSources}; }
  set clients6 { typeof ip6 saddr; flags dynamic; size ${countedSources}; }
  set young4 { type ipv4_addr . inet_service; flags dynamic,timeout; timeout ${firstMessageSeconds}s; size ${countedSources}; }
  set young6 { type ipv6_addr . inet_service; flags dynamic,timeout; timeout ${firstMessageSeconds}s; size ${countedSources}; }
  chain unanswered {
    ct label ${labels.seen} ip saddr . tcp sport != @young4 ct label set ${labels.silent} counter drop
    ct label ${labels.seen} ip6 saddr . tcp sport != @young6 ct label set ${labels.silent} counter drop
    add @young4 { ip saddr . tcp sport } ct label set ${labels.seen}
    add @young6 { ip6 saddr . tcp sport } ct label set ${labels.seen}
  }
  chain input {
    type filter hook input priority -10; policy accept;
    iifname "lo" accept
    tcp dport != { 80, 443 } accept
    ct label ${labels.silent} drop
    tcp dport 443 ct state established ct reply bytes < ${shortestAnswer} jump unanswered
    ct state != new accept
${spared.join("")}    add @clients4 { ip saddr ct count over ${connections} } counter reject with tcp reset
    add @clients6 { ip6 saddr & ffff:ffff:ffff:ffff:: ct count over ${connections} } counter reject with tcp reset
  }`,
  );
}

/** Shell text: the kernel bounds what one client holds. */
export function setUpTraefikFirewall(firewall: TraefikFirewall): string {
  return setUpTable(table, renderTraefikFirewall(firewall));
}

/** Shell text: nothing of it is left. */
export function removeTraefikFirewall(): string {
  return removeTable(table);
}
