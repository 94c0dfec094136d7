import type { Options } from "execa";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  cgroupDirectories,
  createCgroups,
  killCgroups,
  mountUnifiedCgroups,
  removeCgroups,
} from "./cgroups.ts";
import { isRunning, pidOf, startDaemon, stopDaemon } from "./daemon.ts";
import { furnish } from "./furnish.ts";
import { imageOf } from "./image.ts";
import { paths, tool } from "./paths.ts";
import { descendantsOf } from "./process.ts";
import { knownHosts, run, ssh, sshKey, type HostName } from "./run.ts";
import { hosts, netns, spareEdge, type MachineName } from "./topology.ts";
import { systemOf } from "./variant.ts";

/** The hosts that boot their own systemd. */
export const machineNames = (Object.keys(hosts) as HostName[]).filter(
  (name): name is MachineName => hosts[name].kind === "machine",
);
/** Those that belong to every lab. */
export const bootNames = machineNames.filter((name) => name !== spareEdge);

const directory = (name: MachineName) => join(paths.lab, "machines", name);
const root = (name: MachineName) => join(directory(name), "root");
const cgroupName = (name: MachineName) => `${netns(name)}-machine`;
const daemonName = (name: MachineName) => `machine-${name}`;

/** Boots a machine with its own disk and keys, and waits until it accepts SSH logins. */
export async function startMachine(name: MachineName): Promise<void> {
  if (!existsSync(join(directory(name), "upper"))) await furnish(name, join(directory(name), "upper"));
  rememberHostKeys();
  if (!isRunning(daemonName(name))) await prepareCgroup(name);
  await mountRoot(name);
  await startDaemon({
    name: daemonName(name),
    command: "sh",
    // In its own cgroup: two systemds that share one do not see each other's processes there, and fail to stop their
    // units. nspawn exits with 133 for a reboot, so it is started again. The network namespace survives the reboot, so
    // the loop removes the firewall and the addresses, which a real machine would have lost.
    args: [
      "-c",
      'for group in $CGROUPS; do echo $$ >"$group/cgroup.procs"; done; while "$@"; [ $? -eq 133 ]; do nsenter --net="$NETNS" sh -c "nft flush ruleset; ip address flush dev eth0"; done',
      "machine",
      "systemd-nspawn",
      ...nspawnArguments(name),
    ],
    env: {
      SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network",
      // As in every current distribution, whatever this machine itself uses.
      SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1",
      CGROUPS: cgroupDirectories(cgroupName(name)).join(" "),
      NETNS: `/run/netns/${netns(name)}`,
    },
    ready: () => awaitSystem(name),
    diagnose: () => askFromOutside(name),
  });
}

/**
 * Waits until every unit of the boot has started or failed, and no IPv6 address is tentative: the kernel checks for a
 * second or two whether another host has it. Throws while the system does not answer yet.
 */
export async function awaitSystem(name: MachineName): Promise<void> {
  const state = await ssh(name, "systemctl is-system-running --wait || true");
  if (state !== "running" && state !== "degraded") throw new Error(`the system of ${name} is ${state}`);
  const tentative = await ssh(name, "ip -6 -brief address show tentative");
  if (tentative !== "") throw new Error(`${name} has tentative addresses: ${tentative}`);
}

/** Diagnostics of a machine that SSH cannot reach, from inside its namespaces. */
async function askFromOutside(name: MachineName): Promise<string> {
  if (initOf(name) === undefined) return "no system runs on it";
  const questions = [
    "ps -eo pid,ppid,state,wchan:30,etime,args --forest",
    "systemctl list-jobs --no-pager",
    "systemctl list-units --failed --no-pager",
    "ss -Hltnp",
    "journalctl --boot --no-pager --lines 40",
  ];
  const script = questions.map((one) => `echo "── ${one}"; timeout 20 ${one} 2>&1 || true`).join("\n");
  return onConsole(name, script, { reject: false });
}

/** Runs a shell script as root on a machine's console, without any network connection. */
export async function onConsole(name: MachineName, script: string, options: Options = {}): Promise<string> {
  const init = initOf(name);
  if (init === undefined) throw new Error(`no system runs on ${name}`);
  return run("nsenter", ["--target", String(init), "--all", "sh", "-euc", script], options);
}

/** Process id of a machine's systemd, in this machine's numbering. */
function initOf(name: MachineName): number | undefined {
  return descendantsOf(pidOf(daemonName(name)) ?? NaN).find(({ command }) => isInit(command))?.pid;
}

/** The machine's systemd, which nspawn starts by its path. */
const isInit = ([program = ""]: string[]) => program.endsWith("/systemd") || program.endsWith("/init");

/** Shuts down a machine as its power button would, and unmounts its disk. */
export async function stopMachine(name: MachineName): Promise<void> {
  await stopDaemon(daemonName(name), 15_000);
  await clearCgroup(name);
  if (await isMounted(root(name))) await run("umount", ["--recursive", root(name)]);
}

/** Removes a machine's disk; the next start creates a new one. */
export async function removeMachine(name: MachineName): Promise<void> {
  await stopMachine(name);
  rmSync(directory(name), { recursive: true, force: true });
}

async function prepareCgroup(name: MachineName): Promise<void> {
  await mountUnifiedCgroups();
  await clearCgroup(name);
  createCgroups(cgroupName(name));
}

/** Ends what still runs of a machine whose nspawn was killed: it would hold the next machine's ports. */
async function clearCgroup(name: MachineName): Promise<void> {
  await killCgroups(cgroupName(name));
  await removeCgroups(cgroupName(name));
}

export function runningMachines(): MachineName[] {
  return machineNames.filter((name) => isRunning(daemonName(name)));
}

/** The public host key of a machine, in the format of `known_hosts` and of a stack's config. */
export function hostKey(name: MachineName): string {
  const key = readFileSync(join(directory(name), "upper/etc/ssh/ssh_host_ed25519_key.pub"), "utf8");
  return key.split(" ").slice(0, 2).join(" ").trim();
}

function nspawnArguments(name: MachineName): string[] {
  return [
    ...[
      "--quiet",
      "--boot",
      "--register=no",
      "--keep-unit",
      `--machine=${name}`,
      `--directory=${root(name)}`,
    ],
    ...[`--network-namespace-path=/run/netns/${netns(name)}`, "--resolv-conf=off", "--timezone=off"],
    ...["--console=pipe", "--capability=CAP_NET_ADMIN,CAP_NET_RAW", "--bind=/dev/net/tun"],
    // Required by the address and device filters of units.
    "--system-call-filter=bpf",
    ...[`--bind-ro=${tool("tailscale")}:/usr/bin/tailscale`],
    ...[`--bind-ro=${tool("tailscaled")}:/usr/sbin/tailscaled`],
    // Kubernetes runs beside it, since it is the control plane.
    ...(name === "home" ? [`--bind-ro=${tool("kubectl")}:/usr/local/bin/kubectl`] : []),
  ];
}

/** The key with which the lab's owner logs in to every machine; new for each lab. */
export async function createLoginKey(): Promise<void> {
  if (existsSync(sshKey)) return;
  mkdirSync(dirname(sshKey), { recursive: true, mode: 0o700 });
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", sshKey]);
}

/** The host keys of all machines. The file is rewritten completely, which drops the keys of removed machines. */
export function rememberHostKeys(): void {
  const furnished = machineNames.filter((name) => existsSync(join(directory(name), "upper")));
  const lines = furnished.map((name) => `${hosts[name].address} ${hostKey(name)}\n`);
  writeFileSync(knownHosts, lines.join(""));
}

async function mountRoot(name: MachineName): Promise<void> {
  if (await isMounted(root(name))) return;
  for (const part of ["work", "root"]) mkdirSync(join(directory(name), part), { recursive: true });
  const layer = (part: string) => join(directory(name), part);
  const options = `lowerdir=${imageOf(systemOf(name))},upperdir=${layer("upper")},workdir=${layer("work")}`;
  await run("mount", ["-t", "overlay", `mynodeone-${name}`, "-o", options, root(name)]);
}

async function isMounted(path: string): Promise<boolean> {
  return (await run("findmnt", ["--noheadings", "--output", "TARGET", path], { reject: false })) !== "";
}
