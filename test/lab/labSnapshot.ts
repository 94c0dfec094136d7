import { inCluster } from "../../lab/cluster/index.ts";
import { ssh } from "../../lab/run.ts";
import { zoneRecords } from "../../lab/vendors.ts";
import { isOfTimer, takeFootprint } from "./footprint.ts";
import type { Selection } from "./hostSnapshot.ts";

/** Everything that the stack creates, on all hosts and at the vendors, in an order and a form that can be compared. */
export interface LabSnapshot {
  /** Files by digest, units by state, and firewall rules. */
  hosts: string[];
  /** A record that was created twice is listed twice. */
  records: string[];
  /** Helm's releases with their status; one that Helm has recorded twice as deployed is listed twice. */
  releases: string[];
  namespaces: string[];
}

/** @param selection of the hosts @default what the program creates there */
export async function takeLabSnapshot(selection?: Selection): Promise<LabSnapshot> {
  const [footprint, records, releases, namespaces, variables] = await Promise.all([
    takeFootprint(["vps", "home"], selection),
    dnsRecords(),
    helmReleases(),
    inCluster(["get", "namespaces", "-o", "name"]),
    // The order is arbitrary, since apps are created in parallel.
    ssh("home", "cat .mynodeone/*.env 2>/dev/null || true"),
  ]);
  const onHosts = [...footprint]
    .filter(([name]) => !name.includes("/.mynodeone/") && !name.startsWith("record ") && !isOfTimer(name))
    // A restart does not change a unit.
    .map(([name, value]) => `${name} ${value.replace(/MainPID=\d+/, "")}`);
  return {
    hosts: [...onHosts, ...variables.split("\n")].sort(),
    records,
    releases,
    namespaces: namespaces.split("\n"),
  };
}

async function helmReleases(): Promise<string[]> {
  const text = await inCluster(["get", "secrets", "--all-namespaces", "-l", "owner=helm", "-o", "json"]);
  const { items } = JSON.parse(text) as {
    items: { metadata: { namespace: string; labels: Record<string, string> } }[];
  };
  return items
    .map(({ metadata: { namespace, labels } }) => `${namespace}/${labels.name} ${labels.status}`)
    .filter((line) => !line.endsWith(" superseded"))
    .sort();
}

/** Helm's stored revisions: one Secret for each install or upgrade. */
export async function helmRevisions(): Promise<string[]> {
  const names = await inCluster(["get", "secrets", "--all-namespaces", "-l", "owner=helm", "-o", "name"]);
  return names.split("\n");
}

/** The records in the zone. */
export async function dnsRecords(): Promise<string[]> {
  const records = await zoneRecords();
  return records.map(({ type, name, content, comment }) => [type, name, content, comment].join(" ")).sort();
}
