import { putFile } from "../files.ts";
import { generatedHeader } from "../signature.ts";
import { hostDirectory } from "../../names.ts";
import { executeOnly, sandbox } from "../sandbox.ts";
import { putUnit, removeUnits, renderUnit } from "../systemdUnit.ts";

const unit = "mynodeone-firewall.service";
const script = `${hostDirectory}/keep-firewall.sh`;

const listensMark = "# While this listens: ";

/**
 * A line of a table's file: the table is there only while somebody listens so.
 *
 * @param filter as ss(8) takes it: `src 100.64.0.3:8080`
 */
export function whileListening(filter: string): string {
  return `${listensMark}${filter}`;
}

/**
 * The script that puts a table of ours back after another program has removed it, as `nft flush ruleset` does: the
 * stock /etc/nftables.conf begins with it.
 *
 * The kernel reports each table that is made or removed, so nothing is polled. `nft monitor destroy tables` would leave
 * out those that are made, but is a syntax error in the nft of Ubuntu 24.04. Once it listens, the script also looks for
 * tables that were removed before.
 *
 * A table with {@link whileListening} in its file belongs to an open port: systemd closes the socket before it removes
 * the table, and loads the table once more when the port has just been opened. Whether it is open is asked of the
 * kernel: systemd tells nothing to a user that it has made up (`DynamicUser`) where the host lacks libnss-systemd. Any
 * other table is wanted as long as its file is there.
 */
export function renderFirewallKeeper(): string {
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
      Description: "Puts back the firewall tables of MyNodeOne that another program removes",
      Documentation: "man:nft(8)",
      StartLimitIntervalSec: 0,
    },
    Service: {
      // Up once it listens: one that cannot fails the run that sets it up.
      Type: "notify",
      NotifyAccess: "all",
      ExecStart: `/bin/sh ${script}`,
      Restart: "always",
      RestartSec: 1,
      MemoryMax: "64M",
      TasksMax: 16,
      // Of root's rights it has this one.
      DynamicUser: true,
      AmbientCapabilities: "CAP_NET_ADMIN",
      CapabilityBoundingSet: "CAP_NET_ADMIN",
      // AF_UNIX to say that it is up.
      RestrictAddressFamilies: "AF_NETLINK AF_UNIX",
      IPAddressDeny: "any",
      SocketBindDeny: "any",
      ...executeOnly("/usr/bin", "/usr/sbin/nft"),
      ...sandbox,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}

/** Shell text: the keeper runs. */
export function setUpFirewallKeeper(): string {
  return [
    putFile(script, "0755", renderFirewallKeeper()),
    putUnit(unit, renderService()),
    "systemctl daemon-reload",
    `systemctl enable --quiet ${unit}`,
    `if [ "$changed" = 1 ]; then verb=restart; else verb=start; fi`,
    `systemctl "$verb" ${unit} || {`,
    `  journalctl --no-pager -n 10 -u ${unit} >&2`,
    `  fail "$0: ${unit} does not stay up; see the lines above"`,
    "}",
  ].join("\n");
}

/** Shell text: nothing of the keeper is left. */
export function removeFirewallKeeper(): string {
  return `${removeUnits(unit)}\nrm -f ${script}`;
}
