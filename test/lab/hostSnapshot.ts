import { ssh, type HostName } from "../../lab/run.ts";

/** The things on a host: the name of each, which begins with its kind (`file /etc/hosts`), and its current state. */
export type HostSnapshot = Map<string, string>;

/** The kinds to include, each with a selection; the commands below define its meaning. */
export type Selection = Partial<Record<Kind, string>>;

export type Kind = keyof typeof commands;

/** Arguments of `find` that exclude the files that a DHCP client and tailscaled rewrite once a minute. */
const changing = "! -path '/etc/resolv*' ! -path '/var/lib/dhcp/*'";

/** Each prints `name<TAB>state` lines, as root. A name that is printed twice has both states. */
const commands = {
  /**
   * Everything except directories below these paths, with mode, owner, a link's target and a file's digest, without
   * files that change all the time.
   */
  file: (directories: string) => `
    command -v openssl >/dev/null || { echo 'openssl is needed to compare files' >&2; exit 1; }
    find ${directories} -xdev ! -type d ${changing} -printf 'file %p\\t%M %u:%g %l\\n' 2>/dev/null || true
    find ${directories} -xdev -type f ${changing} -exec openssl dgst -sha256 -r {} + 2>/dev/null |
      sed -E 's/^([^ ]+) \\*(.*)/file \\2\\t\\1/'`,
  directory: (directories: string) => `
    find ${directories} -xdev -type d -printf 'directory %p\\t%M %u:%g\\n' 2>/dev/null || true`,
  /**
   * Units with these patterns, loaded or not: whether they are enabled, their state and their main process. The state
   * of `Type=oneshot` units, which run for a moment, and the units of logins are omitted.
   */
  unit: (patterns: string) => `
    { systemctl list-unit-files --no-legend --plain ${patterns}; systemctl list-units --all --no-legend --plain ${patterns}; } |
      awk '{ print $1 }' | grep -Ev '@\\.|^user(-runtime-dir)?@' | sort -u |
      xargs -r -d '\\n' systemctl show -p Id -p Type -p ActiveState -p UnitFileState -p MainPID -- |
      awk -F= '
        function tell() { if (id) print "unit " id "\\t" enabled (type == "oneshot" ? "" : state); id = type = enabled = state = "" }
        /^$/ { tell(); next }
        $1 == "Id" { id = $2; next }
        $1 == "Type" { type = $2; next }
        $1 == "UnitFileState" { enabled = $2; next }
        { state = state " " $0 }
        END { tell() }'`,
  /** UFW's rules, and whether it is enabled: its other settings are files. */
  rule: () => `
    ufw show added | sed -n 's/^ufw \\(.*\\)/rule \\1\\tthere/p'
    sed -n 's/^\\(ENABLED\\)=\\(.*\\)/rule \\1\\t\\2/p' /etc/ufw/ufw.conf`,
  /** The nftables tables selected by `grep` with these arguments, without the content of sets that traffic fills. */
  table: (grep: string) => `
    nft list tables | sed -n 's/^table //p' | grep ${grep} | while read -r family name; do
      printf 'table %s %s\\t%s\\n' "$family" "$name" "$(nft --stateless list table "$family" "$name" | tr -s '\\n\\t ' ' ' |
        sed -E 's/(flags [a-z,]*dynamic[^{}]*)elements = \\{[^{}]*\\} /\\1/g')"
    done`,
  account: () => `
    getent passwd | sed 's/^\\([^:]*\\):/account \\1\\t/'
    getent group | sed 's/^\\([^:]*\\):/account group \\1\\t/'`,
  /** Listening sockets, with their programs. */
  socket: () =>
    `ss -Hltnup | sed -E 's/^(\\S+) +\\S+ +\\S+ +\\S+ +(\\S+) +\\S+ *(users:\\(\\("([^"]*)".*)?$/socket \\1 \\2 \\4\\tthere/'`,
  /** Files in /run, which programs keep until the next boot. */
  runtime: () => `ls -A /run | sed 's/.*/runtime &\\tthere/'`,
} as const;

export async function takeSnapshot(host: HostName, selection: Selection): Promise<HostSnapshot> {
  const chosen = Object.entries(selection) as [Kind, string][];
  const text = await ssh(host, "sudo sh -eu", {
    input: chosen.map(([kind, which]) => commands[kind](which)).join("\n"),
  });
  const snapshot: HostSnapshot = new Map();
  for (const line of text.split("\n").filter(Boolean)) {
    const [name = "", state = ""] = line.split(/\t(.*)/s);
    const before = snapshot.get(name);
    snapshot.set(name, before === undefined ? state : `${before}\n${state}`);
  }
  return snapshot;
}

/** The sorted names of everything added (`+`), removed (`-`) and changed (`~`). */
export function changesBetween(before: HostSnapshot, after: HostSnapshot): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${before.has(name) ? (after.has(name) ? "~" : "-") : "+"} ${name}`)
    .sort();
}
