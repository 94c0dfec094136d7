import { ssh, type HostName } from "../../lab/run.ts";

/** What a host has: one line a thing, by section. */
export type HostSnapshot = Record<string, string[]>;

/** The commands of a snapshot's sections: as root, each prints a line a thing. */
export type Sections = Readonly<Record<string, string>>;

const trees = "/etc /usr/local /var/lib /home /root /opt";

/**
 * Each section's command prints a line a thing: whatever a program of ours could leave. A link's line has its target,
 * a file's its digest.
 */
export const sections = {
  entries: `find ${trees} -xdev -printf '%p %M %u:%g %l\\n'`,
  contents: `find ${trees} -xdev -type f -exec sha256sum {} + | sed -E 's/^([^ ]+) +(.*)/\\2 \\1/'`,
  units: `systemctl list-unit-files --no-legend --no-pager | awk '{print $1, $2}'`,
  services: `systemctl list-units --type=service --all --no-legend --no-pager --plain | awk '{print $1, $3}'`,
  ufw: `ufw status verbose; ufw show added`,
  // Kubernetes changes its own in its own time.
  nftables: `nft list tables | grep -v kube-proxy | while read -r _ family name; do
    nft --stateless list table "$family" "$name"; done`,
  accounts: `getent passwd; getent group`,
  listening: `ss -Hltnup | sed -E 's/^(\\S+) +\\S+ +\\S+ +\\S+ +(\\S+) +\\S+ *(users:\\(\\("([^"]*)".*)?$/\\1 \\2 \\4/'`,
  run: `ls -A /run`,
} as const satisfies Sections;

export async function takeSnapshot(host: HostName, commands: Sections = sections): Promise<HostSnapshot> {
  const script = Object.entries(commands).map(
    ([name, command]) => `echo '== ${name}'; { ${command}; } | sort`,
  );
  const text = await ssh(host, "sudo sh -eu", { input: script.join("\n") });
  const parts = text.split(/^== (\w+)\n/m).slice(1);
  return Object.fromEntries(
    Object.keys(commands).map((name) => {
      const content = parts[parts.indexOf(name) + 1] ?? "";
      return [name, content.split("\n").filter(Boolean)];
    }),
  );
}

/** What is in one of the two only: `entries + /etc/new …` came, `entries - /etc/old …` went. */
export function differences(before: HostSnapshot, after: HostSnapshot): string[] {
  return Object.keys(sections).flatMap((name) => {
    const [old, now] = [new Set(before[name]), new Set(after[name])];
    const gone = [...old].filter((line) => !now.has(line)).map((line) => `${name} - ${line}`);
    const come = [...now].filter((line) => !old.has(line)).map((line) => `${name} + ${line}`);
    return [...gone, ...come];
  });
}
