import { existsSync } from "node:fs";
import { stopDaemon } from "../daemon.ts";
import { removeCgroups } from "../cgroups.ts";
import { poll } from "../poll.ts";
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

/** What the cluster's programs have left in the network: the pods' interfaces, kube-proxy's tables and our own. */
async function cleanNetwork(netns: string): Promise<void> {
  await poll(() => removePodLinks(netns), { what: "the pods' interfaces to go", timeout: 20_000 });
  const tables = ["ip kube-proxy", "ip6 kube-proxy", `ip ${masqueradeTable}`];
  // A table may not be there to delete: made first, it always is.
  const input = tables.map((table) => `table ${table}\ndelete table ${table}\n`).join("");
  await inNetwork({ netns, input }, "nft", "--file=-");
}

/**
 * An interface would go with its pod's namespace, but the kernel takes its time: the next pod of that address would
 * find the route there, leave it as it is, and be without one as soon as the kernel is done.
 * Throws as long as there are any.
 */
async function removePodLinks(netns: string): Promise<void> {
  const all = await inNetwork({ netns }, "ip", "-json", "link", "show", "type", "veth");
  const links = (JSON.parse(all) as { ifname: string }[]).filter(({ ifname }) => /^veth/.test(ifname));
  if (links.length === 0) return;
  for (const { ifname } of links) await inNetwork({ netns }, "ip", "link", "delete", ifname);
  throw new Error(`${links.map(({ ifname }) => ifname).join(", ")} were there`);
}
