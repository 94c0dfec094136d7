import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { networkNames } from "../../lab/network.ts";
import { paths } from "../../lab/paths.ts";
import { processIds } from "../../lab/process.ts";
import { run } from "../../lab/run.ts";
import { netns } from "../../lab/topology.ts";

/** What a lab leaves, or must not leave, on the machine. */
export interface Traces {
  /** Process ids of what runs with the lab's files, or in its namespaces. */
  processes: number[];
  namespaces: string[];
  mounts: string[];
  cgroups: string[];
  /** Interfaces and routes of the machine's own network: the same with a lab and without. */
  machineNetwork: string;
  /** What the kernel calls the lab's networks. One without a name lives on with what runs in it. */
  networks: Set<number>;
}

/** By their whole names: that of another lab may begin like this one's, as `lab-tests-2` does. */
const own = networkNames.map(netns);
const isOwn = (name: string) => own.includes(name);

/** @param earlier the traces of the lab when it ran: what still runs in its networks is one */
export async function findTraces(earlier?: Traces): Promise<Traces> {
  const networks = earlier?.networks ?? networksWhere(isOwn);
  const namespaces = (await run("ip", ["netns", "list"])).split("\n").map((line) => line.split(" ")[0] ?? "");
  const mounts = (await run("findmnt", ["--noheadings", "--list", "--output", "TARGET"])).split("\n");
  const names = `.*/(${own.join("|")})(-machine)?`;
  // The cgroups of other labs come and go while it looks.
  const look = ["/sys/fs/cgroup", "-ignore_readdir_race", "-regextype", "posix-extended", "-type", "d"];
  const cgroups = await run("find", [...look, "-regex", names]);
  const network = [
    await run("ip", ["-o", "link"]),
    await run("ip", ["route"]),
    // One that a router has announced counts its seconds.
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

/** Zombies are the machine's affair: whoever is their parent has not looked yet. */
function processesOfLab(networks: Set<number>): number[] {
  // Where a network has gone, another may have got its number.
  const others = networksWhere((name) => !isOwn(name));
  return processIds().filter((pid) => {
    if (pid === process.pid) return false;
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (commandLine === "") return false;
      if (commandLine.includes(`${paths.lab}/`)) return true;
      // Programs are shared by all labs of a machine: whose a process is shows in the network that it runs in.
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
    // Other labs come and go.
    .map((name) => statSync(join(directory, name), { throwIfNoEntry: false }));
  return new Set(stats.flatMap((stat) => stat?.ino ?? []));
}

function program(pid: number): string {
  return readlinkSync(`/proc/${pid}/exe`);
}
