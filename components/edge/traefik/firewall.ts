import { familyOf } from "../../inputs/networks.ts";
import { removeTable, renderHostTable, setUpTable, type HostTable } from "../../host/firewall/table.ts";

const table: HostTable = {
  name: "mynodeone-clients",
  description: "Limits one client's connections to ports 80 and 443",
};

/** Sources that the kernel tracks at once. Further ones are accepted uncounted, so a flood locks nobody out. */
const countedSources = 65_535;

/** Seconds that a client has to complete its first message. */
const firstMessageSeconds = 60;

/** In bytes: a TLS server's first answer is longer, and bare acknowledgements of a few packets are shorter. */
const shortestAnswer = 500;

/** Bits of conntrack's labels. Other programs name theirs from 0 upwards. */
const labels = { seen: 61, silent: 62 };

/** Inputs of the table. */
export interface TraefikFirewall {
  /** Connections that one client may have open. */
  connections: number;
  /** Networks whose connections are not counted; must be valid. @default none */
  trustedProxies?: string[];
}

/**
 * A table that limits each client's open connections at ports 80 and 443. It has a separate base chain, where a drop is
 * final, whatever other chains accept.
 *
 * - Connections beyond the limit are reset, so a browser shows an error at once.
 * - Traefik has a single deadline of many hours for a whole request. So the kernel cuts off connections that get no
 *   answer from Traefik within a minute, because they sent nothing or half a ClientHello. All their further packets are
 *   dropped. Traefik's keepalive then closes them after 3 minutes of silence and 9 probes, 15 seconds apart. Only a
 *   source that completed TCP's handshake is recorded, and one that finds the set full is left alone. A flood of forged
 *   packets therefore ends no connection.
 *
 * The kernel counts `ct reply bytes` from the load of the table on. The table is loaded before the network is up.
 *
 * @see https://wiki.nftables.org/wiki-nftables/index.php/Meters
 * @see https://www.netfilter.org/projects/nftables/manpage.html (CONNTRACK EXPRESSIONS)
 */
export function renderTraefikFirewall({ connections, trustedProxies = [] }: TraefikFirewall): string {
  const spared = trustedProxies.map(
    (network) => `    ${familyOf(network) === "ipv6" ? "ip6" : "ip"} saddr ${network} accept\n`,
  );
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

/** Shell text that makes the kernel limit each client. */
export function setUpTraefikFirewall(firewall: TraefikFirewall): string {
  return setUpTable(table, renderTraefikFirewall(firewall));
}

/** Shell text that removes the table. */
export function removeTraefikFirewall(): string {
  return removeTable(table);
}
