import { startCluster, stopCluster } from "./cluster/index.ts";
import { awaitSystem } from "./machines.ts";
import { poll } from "./poll.ts";
import { ssh } from "./run.ts";
import { wakeTailscaled } from "./tailnet.ts";
import type { MachineName } from "./topology.ts";

/**
 * Reboots a machine from inside, as its user would, and waits until its system is up again: every unit that starts
 * at boot has started or failed. With the home goes its Kubernetes, which starts beside the machine's own units.
 */
export async function rebootMachine(name: MachineName): Promise<void> {
  const before = await bootId(name);
  if (name === "home") await stopCluster();
  // The machine may hang up before it has answered.
  await ssh(name, "sudo systemctl reboot", { reject: false });
  await poll(
    async () => {
      if ((await bootId(name)) === before) throw new Error("it has not gone down yet");
    },
    { what: `${name} to reboot`, timeout: 120_000, interval: 500 },
  );
  const booted = () => awaitSystem(name);
  const system = poll(booted, { what: `the units of ${name} to start`, timeout: 120_000, interval: 500 });
  // The node's address comes with the machine's boot.
  await Promise.all([system, ...(name === "home" ? [startCluster()] : [])]);
  await wakeTailscaled(name);
}

/** New with every boot: https://www.freedesktop.org/software/systemd/man/latest/systemd-id128.html */
async function bootId(name: MachineName): Promise<string> {
  return ssh(name, "cat /proc/sys/kernel/random/boot_id");
}
