import { existsSync } from "node:fs";
import { isRunning, startDaemon } from "../daemon.ts";
import { createCgroups } from "../cgroups.ts";
import { renderCoreDns } from "./config/coredns.ts";
import { renderLoadBalancer } from "./config/loadBalancer.ts";
import { renderMasquerade } from "./config/masquerade.ts";
import { writeConfiguration } from "./configure.ts";
import { imageNames, importImages } from "./images.ts";
import { startNode } from "./node.ts";
import { clusterNetns, network } from "./options.ts";
import type { ClusterOptions } from "./options.ts";
import { ensurePki } from "./pki.ts";
import { apiServer, containerd, etcd, kubelet, workers } from "./programs.ts";
import type { Program } from "./programs.ts";
import { apiReady, containerdReady, dnsReady, nodeReady } from "./ready.ts";
import { inNetwork, kubectl, nodeDaemon, onNode, searchPath } from "./run.ts";
import { stopCluster } from "./stop.ts";

/**
 * Starts the cluster, or those parts that do not run, and waits until its API answers, its node is ready and its DNS
 * resolves. Objects and images of the last run are kept.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<void> {
  const netns = clusterNetns(options);
  if (!existsSync(`/run/netns/${netns}`))
    throw new Error(`cluster: the network namespace ${netns} does not exist: start the lab's network first`);
  // Programs that outlived the node's mounts (after a crash) would not see the new ones.
  if (!isRunning(nodeDaemon)) await stopCluster(options);
  await prepare(netns);
  await Promise.all([
    start(netns, containerd(), containerdReady).then(importImages),
    start(netns, etcd(network)).then(() => start(netns, apiServer(network), () => apiReady(netns))),
  ]);
  await Promise.all([
    ...workers(network).map((program) => start(netns, program)),
    start(netns, kubelet(network), () => nodeReady(netns, network.nodeName)),
    apply(netns, renderCoreDns(network, imageNames.coredns)),
    startLoadBalancer(netns),
  ]);
  await dnsReady(netns, network);
}

/** Prepares what the programs need: keys, configuration, cgroups, mounts, address translation. */
async function prepare(netns: string): Promise<void> {
  await ensurePki(network);
  writeConfiguration(network, netns);
  createCgroups(netns);
  await startNode();
  await inNetwork({ netns, input: renderMasquerade(network) }, "nft", "--file=-");
}

function start(netns: string, program: Program, ready?: () => Promise<unknown>): Promise<void> {
  const line = onNode(program.command, program.args);
  return startDaemon({ name: program.name, ...line, netns, ready, env: { PATH: searchPath } });
}

/** In k3s, a controller writes the addresses into the Service. */
async function startLoadBalancer(netns: string): Promise<void> {
  const { service, manifests } = renderLoadBalancer(imageNames.httpbin);
  await apply(netns, manifests);
  const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: network.nodeAddress }] } } });
  const patch = ["--namespace", service.namespace, "--subresource=status", "--type=merge", "--patch", status];
  await kubectl({ netns }, "patch", "service", service.name, ...patch);
}

async function apply(netns: string, manifests: string): Promise<void> {
  await kubectl({ netns, input: manifests }, "apply", "--server-side", "--force-conflicts", "--filename=-");
}
