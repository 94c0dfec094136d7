import { removeTable, renderHostTable, setUpTable, type HostTable } from "../host/firewall/table.ts";

const table: HostTable = {
  name: "mynodeone-egress",
  description: "Lets only Traefik connect to the proxies at home",
};

/**
 * The text of an edge's table. Traefik enforces passwords and clients' addresses; a proxy does not. So nothing else may
 * connect to a proxy: no other user or container of the VPS, and no device that uses it as its exit node.
 *
 * Root may connect from a privileged port, as `proveProxy` does. Root's other ports are treated like anybody's: any
 * local user can make tailscaled, which runs as root, open a connection (`tailscale nc`). Packets of the kernel itself,
 * which answers for closed sockets, have no user.
 *
 * @param homes IPv4 addresses of the proxies' hosts
 */
export function renderEgressTable(homes: string[]): string {
  return renderHostTable(
    table,
    `  set homes {
    typeof ip daddr
    elements = { ${homes.join(", ")} }
  }
  chain output {
    type filter hook output priority -10; policy accept;
    ip daddr != @homes accept
    meta l4proto != tcp accept
    ct direction reply accept
    meta skuid "traefik" accept
    meta skuid 0 tcp sport < 1024 accept
    meta skuid != "traefik" counter reject with icmpx type admin-prohibited
  }
  chain forward {
    type filter hook forward priority -10; policy accept;
    ip daddr @homes meta l4proto tcp ct direction original counter drop
  }`,
  );
}

/** Shell text that allows only Traefik's user to connect to the proxies at home. */
export function setUpEgressTable(homes: string[]): string {
  return homes.length === 0 ? removeEgressTable() : setUpTable(table, renderEgressTable(homes));
}

/** Shell text that removes the table. */
export function removeEgressTable(): string {
  return removeTable(table);
}
