import { join } from "node:path";
import { isRunning, logTail } from "../daemon.ts";
import { poll } from "../poll.ts";
import type { ClusterNetwork } from "./options.ts";
import { programs } from "./programs.ts";
import { ctr, inNetwork, kubectl } from "./run.ts";

export async function containerdReady(): Promise<void> {
  await ctr("version");
}

/** All health checks of the API server passed. */
export async function apiReady(netns: string): Promise<void> {
  await kubectl({ netns }, "get", "--raw=/readyz");
}

/** The kubelet reports its node as able to run pods. */
export async function nodeReady(netns: string, node: string): Promise<void> {
  const path = '{range .status.conditions[?(@.type=="Ready")]}{.status}: {.message}{end}';
  const condition = await kubectl({ netns }, "get", "node", node, `--output=jsonpath=${path}`);
  if (!condition.startsWith("True"))
    throw new Error(`node ${node} is not ready: ${condition || "it has not reported yet"}`);
}

/**
 * The cluster's DNS answers at its ClusterIP. This proves that pod, Service and kube-proxy work; the pods' recorded
 * state may be that of before a stop.
 */
export async function dnsReady(netns: string, network: ClusterNetwork): Promise<void> {
  const script = join(import.meta.dirname, "resolve.ts");
  const name = `kubernetes.default.svc.${network.clusterDomain}`;
  await poll(() => inNetwork({ netns }, process.execPath, script, network.clusterDns, name), {
    what: "the cluster's DNS to answer",
    timeout: 60_000,
    interval: 250,
    context: async () => {
      const ended = programs(network).filter(({ name }) => !isRunning(name));
      const logs = ended.map(({ name }) => `${name} has ended; its log ends with:\n${logTail(name)}`);
      const pods = await kubectl({ netns }, "get", "pods", "--all-namespaces", "--output=wide");
      return [...logs, pods].join("\n");
    },
  });
}
