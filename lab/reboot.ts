import { startCluster, stopCluster } from "./cluster/index.ts";
import { awaitSystem } from "./machines.ts";
import { poll } from "./poll.ts";
import { ssh } from "./run.ts";
import { wakeTailscaled } from "./tailnet.ts";
import type { MachineName } from "./topology.ts";

/**
 * Reboots a machine from inside, as its user would, and waits until every unit of the boot has started or failed. A
 * reboot of the home includes its Kubernetes, which starts beside the machine's own units.
 */
export async function rebootMachine(name: MachineName): Promise<void> {
  const before = await bootId(name);
  if (name === "home") await stopCluster();
  // The machine may close the connection before it has answered.
  await ssh(name, "sudo systemctl reboot", { reject: false });
  await poll(
    async () => {
      if ((await bootId(name)) === before) throw new Error("it has not gone down yet");
    },
    { what: `${name} to reboot`, timeout: 120_000, interval: 500 },
  );
  const booted = () => awaitSystem(name);
  const system = poll(booted, { what: `the units of ${name} to start`, timeout: 120_000, interval: 500 });
  // The node has its address only after the machine's boot.
  await Promise.all([system, ...(name === "home" ? [startCluster()] : [])]);
  await wakeTailscaled(name);
}

/** New for each boot: https://www.freedesktop.org/software/systemd/man/latest/systemd-id128.html */
async function bootId(name: MachineName): Promise<string> {
  return ssh(name, "cat /proc/sys/kernel/random/boot_id");
}
