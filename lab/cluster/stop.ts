import { existsSync } from "node:fs";
import { stopDaemon } from "../daemon.ts";
import { removeCgroups } from "../cgroups.ts";
import { masqueradeTable } from "./config/masquerade.ts";
import { stopNode } from "./node.ts";
import { clusterNetns, network } from "./options.ts";
import type { ClusterOptions } from "./options.ts";
import { programs } from "./programs.ts";
import { inNetwork } from "./run.ts";

/** Longer than a store needs to close. The API server would wait for its clients for minutes. */
const graceMilliseconds = 1_000;

/**
 * Stops the cluster as a power cut of the node would, and leaves no process, mount, network
 * interface, firewall table or cgroup of it. `startCluster` resumes.
 */
export async function stopCluster(options: ClusterOptions = {}): Promise<void> {
  const netns = clusterNetns(options);
  const names = programs(network).map(({ name }) => name);
  await Promise.all(names.map((name) => stopDaemon(name, graceMilliseconds)));
  await stopNode(netns);
  await removeCgroups(netns);
  if (existsSync(`/run/netns/${netns}`)) await cleanNetwork(netns);
}

/** The pods' interfaces went with their namespaces; what remains are kube-proxy's tables and our own. */
async function cleanNetwork(netns: string): Promise<void> {
  const tables = ["ip kube-proxy", "ip6 kube-proxy", `ip ${masqueradeTable}`];
  // A table may not be there to delete: made first, it always is.
  const input = tables.map((table) => `table ${table}\ndelete table ${table}\n`).join("");
  await inNetwork({ netns, input }, "nft", "--file=-");
}
