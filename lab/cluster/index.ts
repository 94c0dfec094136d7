import { existsSync, rmSync } from "node:fs";
import { kubeconfigOf } from "./kubeconfig.ts";
import { stateDirectory } from "./layout.ts";
import type { ClusterOptions } from "./options.ts";
import { netns } from "../topology.ts";
import { kubectl } from "./run.ts";
import { stopCluster } from "./stop.ts";

export type { ClusterOptions } from "./options.ts";
export { importImages, imageNames } from "./images.ts";
export { startCluster } from "./start.ts";
export { stopCluster } from "./stop.ts";

/** Stops the cluster and deletes its state: objects, images, keys. */
export async function removeCluster(options: ClusterOptions = {}): Promise<void> {
  await stopCluster(options);
  rmSync(stateDirectory, { recursive: true, force: true });
}

/** The administrator's kubeconfig, with everything embedded; its server is the node's own address. */
export function kubeconfig(): string {
  if (!existsSync(stateDirectory))
    throw new Error("the cluster has no kubeconfig yet: start it first (startCluster)");
  return kubeconfigOf("admin");
}

/** Runs kubectl as the cluster's administrator and returns its output. */
export function inCluster(args: readonly string[], input?: string): Promise<string> {
  return kubectl({ netns: netns("home"), ...(input === undefined ? {} : { input }) }, ...args);
}
