import { putFile } from "../files.ts";
import { shellCommand, shellTemplate } from "../quote.ts";
import { generatedHeader, signature } from "../signature.ts";
import { hostDirectory } from "../../names.ts";
import { sandbox } from "../sandbox.ts";
import { putUnit, removeUnits, renderUnit } from "../systemdUnit.ts";

/** An nftables table for a whole host, loaded at boot. */
export interface HostTable {
  /** Name of table, file and unit: `mynodeone-…`. No clash with an app's table, whose name has no hyphen. */
  name: `mynodeone-${string}`;
  /** Its purpose, for `systemctl status`. */
  description: string;
}

/** Its family and name, as arguments of `nft`. */
export const hostTable = ({ name }: HostTable) => `inet ${name}`;
/** Its file. The firewall's keeper finds the table by this path. */
const tableFile = ({ name }: HostTable) => `${hostDirectory}/${name}.nft`;
const unitOf = ({ name }: HostTable) => `${name}.service`;

/**
 * The text that replaces a whole table atomically: declared, deleted and declared again.
 *
 * @param name its family and name
 * @param body sets and chains. Declare a set of one field by `typeof`: if nft 1.1.3 created one by `type`, nft 1.0.6
 * crashes at any `list`. A kube-proxy with its own nft then sets up no more Services.
 */
export function renderTable(name: string, body: string): string {
  return `table ${name}
delete table ${name}
table ${name} {
${body}
}
`;
}

/**
 * The text of a table's file.
 *
 * @param body as in {@link renderTable}
 * @param after what follows the table, such as an `include`
 */
export function renderHostTable(table: HostTable, body: string, after = ""): string {
  return `# ${signature}; loaded and removed with ${unitOf(table)}.
${renderTable(hostTable(table), body)}${after}`;
}

/**
 * The unit that loads the table before the network is up, and after `nftables.service`, which flushes all tables at
 * boot. A reload replaces it atomically.
 */
function renderTableUnit(table: HostTable): string {
  const nft = "/usr/sbin/nft";
  const load = `${nft} -f ${tableFile(table)}`;
  return renderUnit(generatedHeader, {
    Unit: {
      Description: table.description,
      Documentation: "man:nft(8)",
      DefaultDependencies: false,
      After: "local-fs.target nftables.service ufw.service",
      Before: "network-pre.target shutdown.target",
      Wants: "network-pre.target",
      Conflicts: "shutdown.target",
      StartLimitIntervalSec: 0,
    },
    Service: {
      Type: "oneshot",
      RemainAfterExit: true,
      ExecStart: load,
      ExecReload: load,
      ExecStop: `-${nft} delete table ${hostTable(table)}`,
      Restart: "on-failure",
      RestartSec: 1,
      CapabilityBoundingSet: "CAP_NET_ADMIN",
      RestrictAddressFamilies: "AF_NETLINK AF_UNIX",
      IPAddressDeny: "any",
      ...sandbox,
    },
    Install: { WantedBy: "sysinit.target" },
  });
}

/**
 * Shell text that loads the table, now and at each boot.
 *
 * @param text the file's text; a line that holds only a mark is removed if the mark's value is empty
 * @param marks shell expressions for the marks in it: see {@link shellTemplate}
 */
export function setUpTable(table: HostTable, text: string, marks: Record<string, string> = {}): string {
  const unit = unitOf(table);
  return [
    `table_text=$(printf '%s\\n' ${shellTemplate(text.replace(/\n$/, ""), marks)} | sed '/^ *$/d')`,
    `${shellCommand("put", tableFile(table), "0644")} "$table_text"`,
    putUnit(unit, renderTableUnit(table)),
    "systemctl daemon-reload",
    `systemctl enable --quiet ${unit}`,
    `systemctl reload-or-restart ${unit} || {`,
    `  journalctl --no-pager -n 10 -u ${unit} >&2`,
    `  fail "$0: ${unit} cannot load its table; see the lines above"`,
    "}",
  ].join("\n");
}

/** Shell text that removes the table, its file and its unit. */
export function removeTable(table: HostTable): string {
  return [
    // First, since the keeper restores a table that has a file.
    shellCommand("rm", "-f", tableFile(table)),
    removeUnits(unitOf(table)),
    `nft delete table ${hostTable(table)} 2>/dev/null || true`,
    `rmdir ${hostDirectory} 2>/dev/null || true`,
  ].join("\n");
}

/** Shell text that writes a file included by the table's file, and reloads the table. */
export function putTablePart(table: HostTable, file: string, text: string): string {
  return [putFile(file, "0644", text), `systemctl reload-or-restart ${unitOf(table)}`].join("\n");
}

/** Shell text that removes that file, and reloads the table without it. */
export function removeTablePart(table: HostTable, file: string): string {
  return [
    shellCommand("rm", "-f", file),
    `if systemctl is-active --quiet ${unitOf(table)}; then systemctl reload ${unitOf(table)}; fi`,
  ].join("\n");
}
