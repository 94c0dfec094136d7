import { startCluster, stopCluster } from "./cluster/index.ts";
import { awaitSystem } from "./machines.ts";
import { poll } from "./poll.ts";
import { ssh, type HostName } from "./run.ts";

/**
 * Reboots a machine from inside, as its user would, and waits until its system is up again: every unit that starts
 * at boot has started or failed. With the home goes its Kubernetes, which starts beside the machine's own units.
 */
export async function rebootMachine(name: HostName): Promise<void> {
  const before = await bootId(name);
  if (name === "home") await stopCluster();
  // The machine may hang up before it has answered.
  await ssh(name, "sudo systemctl reboot", { reject: false });
  await Promise.all([awaitBoot(name, before), ...(name === "home" ? [startCluster()] : [])]);
}

async function awaitBoot(name: HostName, before: string): Promise<void> {
  await poll(
    async () => {
      if ((await bootId(name)) === before) throw new Error("it has not gone down yet");
      await awaitSystem(name);
    },
    { what: `${name} to reboot`, timeout: 120_000, interval: 500 },
  );
}

/** New with every boot: https://www.freedesktop.org/software/systemd/man/latest/systemd-id128.html */
async function bootId(name: HostName): Promise<string> {
  return ssh(name, "cat /proc/sys/kernel/random/boot_id");
}
