import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pidOf } from "../daemon.ts";
import { paths, tool } from "../paths.ts";
import { patience } from "../poll.ts";
import { run } from "../run.ts";
import { layout, runtime } from "./layout.ts";

/** Name of the daemon that holds the node's mounts (see node.ts). */
export const nodeDaemon = "node-mounts";

/** The cluster's programs find each other (shim, runc, nft) by name. */
export const searchPath = `${paths.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

/** A command line that runs inside the node's mounts; the caller chooses the network namespace. */
export function onNode(command: string, args: readonly string[]): { command: string; args: string[] } {
  const pid = pidOf(nodeDaemon);
  if (pid === undefined)
    throw new Error("the cluster's node is not up: start the cluster first (startCluster)");
  return { command: "nsenter", args: [`--mount=/proc/${pid}/ns/mnt`, "--", command, ...args] };
}

/** The path on the machine of a file in the node's own file system. */
export function nodePath(path: string): string {
  const pid = pidOf(nodeDaemon);
  if (pid === undefined) throw new Error(`${path}: the cluster's node is not up`);
  return join("/proc", String(pid), "root", path);
}

export interface RunOptions {
  netns: string;
  input?: string;
}

/** Runs a program in the cluster's network namespace and returns its standard output. */
export function inNetwork(
  { netns, input = "" }: RunOptions,
  command: string,
  ...args: string[]
): Promise<string> {
  return run("nsenter", [`--net=/run/netns/${netns}`, "--", command, ...args], {
    input,
    env: { PATH: searchPath },
  });
}

/** Runs kubectl as the cluster's administrator. */
export function kubectl(options: RunOptions, ...args: string[]): Promise<string> {
  const config = join(layout.config, "admin.kubeconfig");
  const patient = `--request-timeout=${Math.ceil(10 * patience())}s`;
  return inNetwork(options, tool("kubectl"), `--kubeconfig=${config}`, patient, ...args);
}

/** Runs containerd's own client in the containerd namespace of the kubelet's containers. */
export function ctr(...args: string[]): Promise<string> {
  const line = onNode(tool("ctr"), [`--address=${runtime.socket}`, "--namespace=k8s.io", ...args]);
  return run(line.command, line.args);
}

export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
