import { putFile } from "../remote/files.ts";
import { generatedHeader } from "../remote/signature.ts";
import { proxyFiles } from "./proxyFiles.ts";
import { sandbox } from "./sandbox.ts";
import { putUnit, removeUnits, renderUnit } from "./systemdUnit.ts";

const unit = "mynodeone-firewall.service";
const script = `${proxyFiles.directory}/keep-firewall.sh`;

/**
 * The script that puts a table of ours back after another program has removed it, as `nft flush ruleset` does: the
 * stock /etc/nftables.conf begins with it.
 *
 * The kernel reports each table that is made or removed, so nothing is polled. `nft monitor destroy tables` would leave
 * out those that are made, but is a syntax error in the nft of Ubuntu 24.04. Once it listens, the script also looks for
 * tables that were removed before. It loads no table itself but has systemd reload the unit: systemd runs one job of a
 * unit at a time, so that a table never outlives a unit that stops just now.
 */
export function renderFirewallKeeper(): string {
  return `#!/bin/sh
# ${generatedHeader}
set -eu
put_back() {
  present=$(nft list tables)
  for file in ${proxyFiles.directory}/*-proxy.nft ${proxyFiles.directory}/mynodeone-*.nft; do
    table=$(sed -n 's/^delete //p' "$file" 2>/dev/null) || continue
    unit=\${file##*/}
    unit=\${unit%.nft}.service
    if printf '%s\\n' "$present" | grep -qxF "$table"; then continue; fi
    case $(systemctl is-active "$unit") in
      active | activating)
        echo "$table was removed by another program; reloading $unit"
        systemctl reload "$unit"
        ;;
    esac
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
      // As root: systemd takes orders from no other user. Of root's rights it has this one.
      CapabilityBoundingSet: "CAP_NET_ADMIN",
      RestrictAddressFamilies: "AF_NETLINK AF_UNIX",
      IPAddressDeny: "any",
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
