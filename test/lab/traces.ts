import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { cacheRoot, paths } from "../../lab/paths.ts";
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
    mounts: mounts.filter((target) => target.startsWith(cacheRoot)),
    cgroups: cgroups.split("\n").filter(Boolean),
    machineNetwork: network.join("\n"),
  };
}

/** Zombies are the machine's affair: whoever is their parent has not looked yet. */
function processesOfLab(): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false;
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return commandLine !== "" && (commandLine.includes(paths.lab) || program(pid).startsWith(paths.tools));
    } catch {
      return false;
    }
  });
}

function program(pid: string): string {
  return readlinkSync(`/proc/${pid}/exe`);
}
