import { putFile } from "../files.ts";
import { generatedHeader } from "../signature.ts";
import { hostDirectory } from "../../names.ts";
import { executeOnly, sandbox } from "../sandbox.ts";
import { putUnit, removeUnits, renderUnit } from "../systemdUnit.ts";

/** The unit that restores the tables. */
export const firewallKeeper = "mynodeone-firewall.service";
const script = `${hostDirectory}/keep-firewall.sh`;

const listensMark = "# While this listens: ";

/**
 * A line of a table's file: the table is needed only while a socket listens.
 *
 * @param filter in the syntax of ss(8): `src 100.64.0.3:8080`
 */
export function whileListening(filter: string): string {
  return `${listensMark}${filter}`;
}

/**
 * The script that restores a table of ours after another program has removed it, as `nft flush ruleset` does. The stock
 * /etc/nftables.conf begins with that command.
 *
 * The kernel reports each table that is created or removed, so nothing is polled. `nft monitor destroy tables` would
 * omit created tables, but is a syntax error in Ubuntu 24.04's nft. Once it listens, the script also restores tables
 * that were removed before.
 *
 * A table with {@link whileListening} in its file belongs to an open port. systemd closes the socket before it removes
 * the table, and loads the table again after opening the port. The kernel is asked whether the port is open: systemd
 * tells nothing to a dynamic user (`DynamicUser`) if the host lacks libnss-systemd. Any other table is wanted as long
 * as its file exists.
 */
function renderFirewallKeeper(): string {
  return `#!/bin/sh
# ${generatedHeader}
set -eu
put_back() {
  present=$(nft list tables)
  for file in ${hostDirectory}/*.nft; do
    table=$(sed -n 's/^delete //p' "$file" 2>/dev/null) || continue
    if printf '%s\\n' "$present" | grep -qxF "$table"; then continue; fi
    listens=$(sed -n 's/^${listensMark}//p' "$file")
    wanted() { [ -e "$file" ] && { [ -z "$listens" ] || ss -Hltn "$listens" | grep -q .; }; }
    if ! wanted; then continue; fi
    echo "$table was removed by another program; loading $file"
    nft -f "$file"
    if ! wanted; then nft delete $table; fi
  done
}
{
  nft monitor tables &
  sleep 1
  if kill -0 $!; then systemd-notify --ready; fi
  echo started
  wait
} | while read -r event; do put_back || true; done
# Not reached while nft listens.
exit 1
`;
}

function renderService(): string {
  return renderUnit(generatedHeader, {
    Unit: {
      Description: "Restores the firewall tables of MyNodeOne that another program removes",
      Documentation: "man:nft(8)",
      StartLimitIntervalSec: 0,
    },
    Service: {
      // Ready once it listens; a failure to listen fails the run that sets it up.
      Type: "notify",
      NotifyAccess: "all",
      ExecStart: `/bin/sh ${script}`,
      Restart: "always",
      RestartSec: 1,
      MemoryMax: "64M",
      TasksMax: 16,
      // Its only privilege.
      DynamicUser: true,
      AmbientCapabilities: "CAP_NET_ADMIN",
      CapabilityBoundingSet: "CAP_NET_ADMIN",
      // AF_UNIX is for the readiness message.
      RestrictAddressFamilies: "AF_NETLINK AF_UNIX",
      IPAddressDeny: "any",
      SocketBindDeny: "any",
      ...executeOnly("/usr/bin", "/usr/sbin/nft"),
      ...sandbox,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}

/** Shell text that runs the keeper. */
export function setUpFirewallKeeper(): string {
  return [
    putFile(script, "0755", renderFirewallKeeper()),
    putUnit(firewallKeeper, renderService()),
    "systemctl daemon-reload",
    `systemctl enable --quiet ${firewallKeeper}`,
    `if [ "$changed" = 1 ]; then verb=restart; else verb=start; fi`,
    `systemctl "$verb" ${firewallKeeper} || {`,
    `  journalctl --no-pager -n 10 -u ${firewallKeeper} >&2`,
    `  fail "$0: ${firewallKeeper} does not stay up; see the lines above"`,
    "}",
  ].join("\n");
}

/** Shell text that removes the keeper. */
export function removeFirewallKeeper(): string {
  return `${removeUnits(firewallKeeper)}\nrm -f ${script}`;
}
