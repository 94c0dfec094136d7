import type { ListrTask } from "listr2";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { kubeconfig, removeCluster, startCluster, stopCluster } from "./cluster/index.ts";
import { daemons, isRunning, stopDaemon } from "./daemon.ts";
import { startDhcp } from "./dhcp.ts";
import { createImage, imageOf } from "./image.ts";
import { inotifyOfLab } from "./inotify.ts";
import { startAcme, startDns, startMirror } from "./internet.ts";
import {
  bootNames,
  createLoginKey,
  machineNames,
  removeMachine,
  startMachine,
  stopMachine,
} from "./machines.ts";
import { createNetwork, isNetworkUp, removeNetwork } from "./network.ts";
import { forgetLastRequest, runStack } from "./operator.ts";
import { paths } from "./paths.ts";
import { createAuthority } from "./pki.ts";
import { installPlugins } from "./plugins/install.ts";
import { resolvConf, ssh } from "./run.ts";
import { systems, type System } from "./systems.ts";
import { awaitTailnetPath, joinTailnet, startTailnet } from "./tailnet.ts";
import {
  checkPrerequisites,
  isCached,
  machinePackageTask,
  programNames,
  toolchainTasks,
} from "./toolchain/index.ts";
import { machineSystems, services } from "./topology.ts";
import { rememberVariant, variantName } from "./variant.ts";

/** Throws unless a lab can boot on this machine, or already has: see `checkPrerequisites`. */
export async function checkMachine(): Promise<void> {
  await checkPrerequisites({ inotify: isLabUp() ? 0 : inotifyOfLab });
}

/** Installs what a lab needs on the machine: slow the first time, immediate afterwards. */
export function provisionSteps(): ListrTask[] {
  return [
    machinePackageTask(),
    ...toolchainTasks(),
    ...bootedSystems().map(([name, system]) => ({
      title: `Image ${name} for the machines`,
      task: () => createImage(system),
    })),
    { title: "Pulumi plugins", task: () => installPlugins().then(() => undefined) },
  ];
}

/** Whether everything that takes minutes exists already. */
export function isProvisioned(): boolean {
  return programNames.every(isCached) && bootedSystems().every(([, system]) => existsSync(imageOf(system)));
}

/** The systems of this lab's machines, by name. */
function bootedSystems(): [string, System][] {
  const names = new Set(Object.values(machineSystems(variantName())));
  return [...names].map((name) => [name, systems[name]]);
}

/** Boots the lab, or those parts that do not run. */
export function bootSteps(): ListrTask[] {
  return [
    { title: "Network", task: startNetwork },
    {
      title: "Hosts and internet",
      task: (_, task) =>
        task.newListr(
          [
            ...bootNames.map((name) => ({ title: `Machine ${name}`, task: () => startMachine(name) })),
            { title: "DNS and zone API", task: startDns },
            { title: "Package mirror", task: startMirror },
          ],
          { concurrent: true },
        ),
    },
    {
      title: "Tailnet, certificate authority, Kubernetes",
      task: (_, task) =>
        task.newListr(
          [
            { title: "Tailnet", task: startWholeTailnet },
            { title: "ACME certificate authority", task: startAcme },
            { title: "Kubernetes", task: startKubernetes },
          ],
          { concurrent: true },
        ),
    },
  ];
}

/** Brings up the program's stack, as its user does. */
export function stackStep(): ListrTask {
  return {
    title: "pulumi up",
    task: async (_, task) => {
      await runStack({ operation: "up" }, (text) => {
        const line = text.trimEnd().split("\n").at(-1);
        if (line) task.output = line;
      });
    },
  };
}

/**
 * Stops everything and removes every trace except the caches: programs, images, plugins. Each step tolerates a lab of
 * which only parts exist.
 */
export async function removeLab(): Promise<void> {
  if (existsSync(paths.lab)) {
    await removeCluster();
    for (const name of machineNames) await removeMachine(name);
    for (const name of daemons()) await stopDaemon(name);
  }
  await removeNetwork();
  rmSync(paths.lab, { recursive: true, force: true });
}

/** Whether each part runs: the network, and every program (including machines) that was started and not stopped. */
export function labStatus(): Record<string, boolean> {
  return { network: isNetworkUp(), ...Object.fromEntries(daemons().map((name) => [name, isRunning(name)])) };
}

/** Whether a lab exists; parts of it may be down. */
export function isLabUp(): boolean {
  return isNetworkUp() && daemons().length > 0;
}

async function startNetwork(): Promise<void> {
  // The lab may have been started from another checkout.
  forgetLastRequest();
  if (!isNetworkUp()) {
    // Programs from the deleted namespaces hold sockets without a network.
    if (existsSync(paths.lab)) {
      await stopCluster();
      for (const name of machineNames) await stopMachine(name);
      for (const name of daemons()) await stopDaemon(name);
    }
    await createNetwork();
  }
  rememberVariant();
  writeFileSync(resolvConf, `nameserver ${services.dns.address}\n`);
  await startDhcp();
  await createAuthority();
  await createLoginKey();
}

/** Puts the administrator's kubeconfig on the control plane, as kubeadm does. */
async function startKubernetes(): Promise<void> {
  await startCluster();
  const install = "sudo install -D -m 0600 /dev/stdin /etc/kubernetes/admin.conf";
  await ssh("home", install, { input: kubeconfig() });
}

async function startWholeTailnet(): Promise<void> {
  await startTailnet();
  await Promise.all([...bootNames, "phone" as const].map(joinTailnet));
  // In this direction, since the home answers edges on the apps' ports only.
  await awaitTailnetPath("home", "vps");
}
