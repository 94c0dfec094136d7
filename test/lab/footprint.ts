import type { HostName } from "../../lab/run.ts";
import { zoneRecords } from "../../lab/vendors.ts";
import { changesBetween, takeSnapshot, type HostSnapshot, type Selection } from "./hostSnapshot.ts";

/** What a change of the config may affect: things on hosts, such as `home unit immich-proxy.service`, and records. */
export type Footprint = HostSnapshot;

/** The files of systemd and the program, their units and their firewall rules. */
const ours: Selection = {
  file: "/etc/traefik /etc/mynodeone /etc/systemd/system /usr/local/bin /home/*/.mynodeone",
  unit: "'traefik*' '*-proxy.*' 'mynodeone*' ssh.service tailscaled.service",
  rule: "",
  table: "mynodeone",
};

/** A snapshot of the hosts and the zone. */
export async function takeFootprint(
  machines: readonly HostName[] = ["vps", "home"],
  selection = ours,
): Promise<Footprint> {
  const [records, ...snapshots] = await Promise.all([
    zoneRecords(),
    ...machines.map((host) => takeSnapshot(host, selection)),
  ]);
  const ofHosts = snapshots.flatMap((snapshot, index) =>
    [...snapshot].map(([name, state]): [string, string] => [`${machines[index]} ${name}`, state]),
  );
  const ofZone = records.map(({ name, content, proxied }): [string, string] => [
    `record ${name} ${content}`,
    String(proxied),
  ]);
  return new Map([...ofHosts, ...ofZone]);
}

/**
 * Whether it is the file that the edge's timer for missing certificates writes and removes independently of the config.
 */
export function isOfTimer(name: string): boolean {
  return name.endsWith("/_ask-again.yaml");
}

/** A run's changes as listed by `changesBetween`, without the timer's file. */
export function changesOfRun(before: HostSnapshot, after: HostSnapshot): string[] {
  return changesBetween(before, after).filter((change) => !isOfTimer(change));
}
