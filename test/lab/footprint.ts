import { ssh, type HostName } from "../../lab/run.ts";
import { zoneRecords } from "../../lab/vendors.ts";

/** What a change of the config may touch, by name: a digest, a unit's main process and state, a rule, a record. */
export type Footprint = Map<string, string>;

/** Prints `name<TAB>value` lines. Files as systemd and we see them; units with the process that serves. */
const script = `
for file in $(find /etc/traefik /etc/mynodeone /etc/systemd/system /usr/local/bin /home/*/.mynodeone -type f 2>/dev/null); do
  printf 'file %s\\t%s\\n' "$file" "$(sha256sum < "$file")"
done
for unit in traefik.service traefik-ask-again.timer ssh.service tailscaled.service $(cd /etc/systemd/system && ls | grep -e '-proxy.service$'); do
  printf 'unit %s\\t%s\\n' "$unit" "$(systemctl show -p MainPID -p ActiveState -p UnitFileState "$unit" | tr '\\n' ' ')"
done
ufw show added | sed -n "s/^ufw \\(.*\\)/rule \\1\\tthere/p"
nft --stateless list tables | sed -n 's/^table \\(.*mynodeone.*\\)/table \\1\\tthere/p'
`;

/** Of the hosts and the zone. */
export async function takeFootprint(machines: readonly HostName[] = ["vps", "home"]): Promise<Footprint> {
  const hosts = machines.map(async (host) => {
    const lines = await ssh(host, "sudo sh -eu", { input: script });
    return lines.split("\n").map((line) => `${host} ${line}`);
  });
  const records = zoneRecords().then((all) =>
    all.map(({ name, content, proxied }) => `record ${name} ${content}\t${proxied}`),
  );
  const lines = (await Promise.all([...hosts, records])).flat();
  return new Map(lines.map((line) => line.split("\t") as [string, string]));
}

/** The names of what came (`+`), went (`-`) and is another now (`~`), in order. */
export function changesBetween(before: Footprint, after: Footprint): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${before.has(name) ? (after.has(name) ? "~" : "-") : "+"} ${name}`)
    .sort();
}
