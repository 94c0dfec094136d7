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

/** Long enough for a store to close. The API server would wait minutes for its clients. */
const graceMilliseconds = 1_000;

/**
 * Stops the cluster as a power cut of the node would, and leaves no process, mount, network interface, firewall table
 * or cgroup behind. `startCluster` resumes it.
 */
export async function stopCluster(options: ClusterOptions = {}): Promise<void> {
  const netns = clusterNetns(options);
  const names = programs(network).map(({ name }) => name);
  await Promise.all(names.map((name) => stopDaemon(name, graceMilliseconds)));
  await stopNode(netns);
  await removeCgroups(netns);
  if (existsSync(`/run/netns/${netns}`)) await cleanNetwork(netns);
}

/** What the cluster's programs leave in the network: the pods' interfaces, kube-proxy's tables and our own. */
async function cleanNetwork(netns: string): Promise<void> {
  await poll(() => removePodLinks(netns), { what: "the pods' interfaces to go", timeout: 20_000 });
  const tables = ["ip kube-proxy", "ip6 kube-proxy", `ip ${masqueradeTable}`];
  // Deleting a missing table is an error, so each table is created first.
  const input = tables.map((table) => `table ${table}\ndelete table ${table}\n`).join("");
  await inNetwork({ netns, input }, "nft", "--file=-");
}

/**
 * The kernel removes an interface some time after its pod's namespace. A new pod with the same address would find the
 * old route, keep it, and have none once the kernel is done. Throws as long as any interface exists.
 */
async function removePodLinks(netns: string): Promise<void> {
  const all = await inNetwork({ netns }, "ip", "-json", "link", "show", "type", "veth");
  const links = (JSON.parse(all) as { ifname: string }[]).filter(({ ifname }) => /^veth/.test(ifname));
  if (links.length === 0) return;
  for (const { ifname } of links) await inNetwork({ netns }, "ip", "link", "delete", ifname);
  throw new Error(`${links.map(({ ifname }) => ifname).join(", ")} were there`);
}
