import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { poll } from "./poll.ts";
import { kill } from "./process.ts";
import { run } from "./run.ts";

const mountPoint = "/sys/fs/cgroup";
/** Exists if this machine itself runs on cgroup v2. */
const v2 = join(mountPoint, "cgroup.controllers");
/** Where systemd puts cgroup v2 beside the hierarchies of v1: https://systemd.io/CGROUP_DELEGATION/ */
const besideV1 = join(mountPoint, "unified");

/**
 * Mounts the cgroup v2 hierarchy on a machine that has only those of v1. It needs no controller: the lab's machines use
 * it only for the address and device filters of units, which are BPF programs of a cgroup.
 */
export async function mountUnifiedCgroups(): Promise<void> {
  if (existsSync(v2) || existsSync(join(besideV1, "cgroup.controllers"))) return;
  mkdirSync(besideV1, { recursive: true });
  await run("mount", ["-t", "cgroup2", "cgroup2", besideV1]);
}

/** A cgroup's directories: one with cgroup v2, one in each controller's hierarchy with v1. */
export function cgroupDirectories(name: string): string[] {
  if (existsSync(v2)) return [join(mountPoint, name)];
  return readdirSync(mountPoint, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(mountPoint, entry.name, name));
}

/** Creates the cgroup for a program that manages its own sub-hierarchy: a kubelet, or a machine's systemd. */
export function createCgroups(name: string): void {
  for (const directory of cgroupDirectories(name)) {
    mkdirSync(directory, { recursive: true });
    // A new cgroup v1 cpuset is empty, and nothing can run in an empty cpuset.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      const own = join(directory, file);
      if (existsSync(own) && existsSync(join(directory, "cgroup.clone_children")))
        writeFileSync(own, readFileSync(join(directory, "..", file), "utf8"));
    }
  }
}

/** Process ids of all processes in the cgroup and below it. */
export function cgroupProcesses(name: string): number[] {
  const pids = cgroupDirectories(name)
    .flatMap(descendants)
    .flatMap((directory) => {
      try {
        return readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
      } catch {
        return []; // removed in between
      }
    });
  return [...new Set(pids)];
}

/** Kills everything in the cgroup, until no process is left that could start another. */
export async function killCgroups(name: string): Promise<void> {
  await poll(
    () => {
      const left = cgroupProcesses(name);
      left.forEach(kill);
      if (left.length > 0) throw new Error(`processes ${left.join(", ")} still run`);
    },
    { what: `the cgroup ${name} to be empty`, timeout: 10_000 },
  );
}

/**
 * Removes the cgroup and everything below it. The kernel releases a cgroup a moment after its last process has ended.
 */
export async function removeCgroups(name: string): Promise<void> {
  for (const directory of cgroupDirectories(name))
    await poll(
      () => {
        for (const below of descendants(directory).reverse()) rmdirSync(below);
      },
      { what: `the cgroup ${directory} to be empty`, timeout: 10_000 },
    );
}

/** The directory and all below it, parents first. */
function descendants(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const below = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [directory, ...below.flatMap((entry) => descendants(join(directory, entry.name)))];
}
