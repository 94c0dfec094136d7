import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { paths } from "./paths.ts";
import { run } from "./run.ts";

const suite = "bookworm";

/**
 * What a freshly rented or installed Debian has, and what the product would otherwise fetch with apt.
 *
 * Without libpam-systemd: it starts a user manager at each login, which in a container under cgroup v1 takes
 * two minutes to stop, and the next login waits for that.
 */
const packages = [
  ...["systemd", "systemd-sysv", "dbus", "openssh-server", "sudo", "ca-certificates"],
  ...["iproute2", "iputils-ping", "procps", "curl", "socat", "ufw", "iptables", "nftables"],
];

const recipe = createHash("sha256")
  .update(JSON.stringify([suite, packages]))
  .digest("hex")
  .slice(0, 12);

/** The root file system that every machine of the lab boots from, read-only below an overlay. */
export const machineImage = join(paths.images, `debian-${suite}-${recipe}`);

/** Makes the image unless it is there; an interrupted run leaves nothing under its name. */
export async function createMachineImage(): Promise<void> {
  if (existsSync(machineImage)) return;
  const partial = `${machineImage}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(paths.images, { recursive: true });
  const mirror = await debianMirror();
  await run("debootstrap", [
    ...["--variant=minbase", `--include=${packages.join(",")}`],
    ...[suite, partial, ...(mirror ? [mirror] : [])],
  ]);
  rmSync(join(partial, "var/cache/apt/archives"), { recursive: true, force: true });
  renameSync(partial, machineImage);
}

/** The mirror that this machine's own apt uses; without one debootstrap takes its default. */
async function debianMirror(): Promise<string | undefined> {
  const targets = await run("apt-get", [
    ...["indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Created-By: Packages"],
  ]);
  const line = targets.split("\n").find((target) => target.endsWith(` ${suite} main`));
  return line?.split(" ")[0];
}
