import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { networkNames } from "../../lab/network.ts";
import { paths } from "../../lab/paths.ts";
import { processIds } from "../../lab/process.ts";
import { run } from "../../lab/run.ts";
import { netns } from "../../lab/topology.ts";

/** Traces of a lab on the machine. */
export interface Traces {
  /** Ids of processes that use the lab's files or namespaces. */
  processes: number[];
  namespaces: string[];
  mounts: string[];
  cgroups: string[];
  /** Interfaces and routes of the machine's own network: the same with a lab and without. */
  machineNetwork: string;
  /** The kernel's ids of the lab's networks. One without a name exists as long as a process in it. */
  networks: Set<number>;
}

/** Compared by full name, since another lab's name may have this one's as its prefix, such as `lab-tests-2`. */
const own = networkNames.map(netns);
const isOwn = (name: string) => own.includes(name);

/** @param earlier the traces of the running lab: processes that remain in its networks count */
export async function findTraces(earlier?: Traces): Promise<Traces> {
  const networks = earlier?.networks ?? networksWhere(isOwn);
  const namespaces = (await run("ip", ["netns", "list"])).split("\n").map((line) => line.split(" ")[0] ?? "");
  const mounts = (await run("findmnt", ["--noheadings", "--list", "--output", "TARGET"])).split("\n");
  const names = `.*/(${own.join("|")})(-machine)?`;
  // Cgroups of other labs may be created and removed meanwhile.
  const look = ["/sys/fs/cgroup", "-ignore_readdir_race", "-regextype", "posix-extended", "-type", "d"];
  const cgroups = await run("find", [...look, "-regex", names]);
  const network = [
    await run("ip", ["-o", "link"]),
    await run("ip", ["route"]),
    // A route from a router's announcement shows its remaining seconds.
    (await run("ip", ["-6", "route"])).replaceAll(/ expires \d+sec/g, ""),
  ];
  return {
    processes: processesOfLab(networks),
    namespaces: namespaces.filter(isOwn),
    mounts: mounts.filter((target) => target.startsWith(`${paths.lab}/`)),
    cgroups: cgroups.split("\n").filter(Boolean),
    machineNetwork: network.join("\n"),
    networks,
  };
}

/** Zombies do not count: they wait for their parent. */
function processesOfLab(networks: Set<number>): number[] {
  // The id of a deleted network may have been reused.
  const others = networksWhere((name) => !isOwn(name));
  return processIds().filter((pid) => {
    if (pid === process.pid) return false;
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (commandLine === "") return false;
      if (commandLine.includes(`${paths.lab}/`)) return true;
      // All labs of a machine share programs, so only its network shows to which lab a process belongs.
      const network = statSync(`/proc/${pid}/ns/net`).ino;
      return program(pid).startsWith(paths.tools) && networks.has(network) && !others.has(network);
    } catch {
      return false;
    }
  });
}

function networksWhere(chosen: (name: string) => boolean): Set<number> {
  const directory = "/run/netns";
  const stats = readdirSync(directory)
    .filter(chosen)
    // Other labs may be created and removed meanwhile.
    .map((name) => statSync(join(directory, name), { throwIfNoEntry: false }));
  return new Set(stats.flatMap((stat) => stat?.ino ?? []));
}

function program(pid: number): string {
  return readlinkSync(`/proc/${pid}/exe`);
}
