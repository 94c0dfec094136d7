import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { paths } from "./paths.ts";
import { run } from "./run.ts";
import { commonPackages, type System } from "./systems.ts";

/** The root file system of machines with this system, read-only below the overlay of each. */
export function imageOf({ suite, packages }: System): string {
  const recipe = JSON.stringify([suite, commonPackages, packages]);
  const digest = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  return join(paths.images, `system-${suite}-${digest}`);
}

/** Makes the image unless it is there; an interrupted run leaves nothing under its name. */
export async function createImage(system: System): Promise<void> {
  const image = imageOf(system);
  if (existsSync(image)) return;
  const partial = `${image}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(paths.images, { recursive: true });
  const mirror = await debianMirror(system.suite);
  await run("debootstrap", [
    ...["--variant=minbase", `--include=${[...commonPackages, ...system.packages].join(",")}`],
    ...[system.suite, partial, ...(mirror ? [mirror] : [])],
  ]);
  rmSync(join(partial, "var/cache/apt/archives"), { recursive: true, force: true });
  renameSync(partial, image);
}

/** The mirror that this machine's own apt uses; without one debootstrap takes its default. */
async function debianMirror(suite: string): Promise<string | undefined> {
  const targets = await run("apt-get", [
    ...["indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Created-By: Packages"],
  ]);
  const line = targets.split("\n").find((target) => target.endsWith(` ${suite} main`));
  return line?.split(" ")[0];
}
