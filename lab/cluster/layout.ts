import { join } from "node:path";
import { paths } from "../paths.ts";

/** Everything that the cluster keeps when it is stopped; `removeCluster` deletes it. */
export const stateDirectory = join(paths.lab, "cluster");

/** Files that the cluster's programs read, as paths on the machine. */
export const layout = {
  pki: join(stateDirectory, "pki"),
  config: join(stateDirectory, "config"),
  etcd: join(stateDirectory, "etcd"),
  /** Mounted as `/var/lib` and `/var/log` for the cluster's programs (see node.ts). */
  varLib: join(stateDirectory, "var", "lib"),
  varLog: join(stateDirectory, "var", "log"),
  /** Digests of the images that were imported last. */
  importedImages: join(stateDirectory, "images.json"),
} as const;

/** Sockets and scratch space: in the node's own `/run`, a tmpfs, so a stop empties it like a reboot. */
export const runtime = {
  directory: "/run/containerd",
  socket: "/run/containerd/containerd.sock",
  addressLeases: "/run/cni/networks",
  /** Names the state directory. It is written once the mounts are complete, and identifies the node's processes. */
  mark: "/run/mynodeone-node",
} as const;
