import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../lab/paths.ts";
import { run } from "../../lab/run.ts";
import { netns } from "../../lab/topology.ts";

/** What a lab leaves, or must not leave, on the machine. */
export interface Traces {
  /** Process ids of what runs with the lab's files, or in its namespaces. */
  processes: string[];
  namespaces: string[];
  mounts: string[];
  cgroups: string[];
  /** Interfaces and routes of the machine's own network: the same with a lab and without. */
  machineNetwork: string;
}

export async function findTraces(): Promise<Traces> {
  const prefix = netns("");
  const namespaces = (await run("ip", ["netns", "list"])).split("\n").map((line) => line.split(" ")[0] ?? "");
  const mounts = (await run("findmnt", ["--noheadings", "--list", "--output", "TARGET"])).split("\n");
  const cgroups = await run("find", ["/sys/fs/cgroup", "-type", "d", "-name", `${prefix}*`]);
  const network = [
    await run("ip", ["-o", "link"]),
    await run("ip", ["route"]),
    await run("ip", ["-6", "route"]),
  ];
  return {
    processes: processesOfLab(),
    namespaces: namespaces.filter((name) => name.startsWith(prefix)),
    mounts: mounts.filter((target) => target.startsWith(`${paths.lab}/`)),
    cgroups: cgroups.split("\n").filter(Boolean),
    machineNetwork: network.join("\n"),
  };
}

/** Zombies are the machine's affair: whoever is their parent has not looked yet. */
function processesOfLab(): string[] {
  const others = networksOfOtherLabs();
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false;
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (commandLine === "") return false;
      return (
        commandLine.includes(`${paths.lab}/`) ||
        (program(pid).startsWith(paths.tools) && !others.has(statSync(`/proc/${pid}/ns/net`).ino))
      );
    } catch {
      return false;
    }
  });
}

/** Programs are shared by all labs of a machine: whose a process is shows in the network that it runs in. */
function networksOfOtherLabs(): Set<number> {
  const directory = "/run/netns";
  const others = readdirSync(directory).filter((name) => !name.startsWith(netns("")));
  return new Set(others.map((name) => statSync(join(directory, name)).ino));
}

function program(pid: string): string {
  return readlinkSync(`/proc/${pid}/exe`);
}
