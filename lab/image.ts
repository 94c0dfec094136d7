import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { paths } from "./paths.ts";
import { run } from "./run.ts";
import { commonPackages, type System } from "./systems.ts";
import { ubuntuKeyring, ubuntuScript } from "./ubuntuKeyring.ts";

/** The root file system of all machines with this system, the read-only lower layer of each machine's overlay. */
export function imageOf({ suite, packages }: System): string {
  const recipe = JSON.stringify([suite, commonPackages, packages]);
  const digest = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  return join(paths.images, `system-${suite}-${digest}`);
}

/** Builds the image unless it exists; an interrupted run leaves nothing under its name. */
export async function createImage(system: System): Promise<void> {
  const image = imageOf(system);
  if (existsSync(image)) return;
  const partial = `${image}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(paths.images, { recursive: true });
  const { suite, archive, packages } = system;
  const mirror = await ownMirror(suite);
  const options = ["--variant=minbase", `--include=${[...commonPackages, ...packages].join(",")}`];
  await (archive === "ubuntu"
    ? run("debootstrap", [
        ...[...options, "--components=main,universe", `--keyring=${await ubuntuKeyring(suite, mirror)}`],
        ...[suite, partial, mirror, ubuntuScript],
      ])
    : run("debootstrap", [...options, suite, partial, mirror]));
  rmSync(join(partial, "var/cache/apt/archives"), { recursive: true, force: true });
  renameSync(partial, image);
}

/** The mirror that this machine's own apt uses; undefined if there is none, so that debootstrap uses its default. */
async function ownMirror(suite: string): Promise<string> {
  const targets = await run("apt-get", [
    ...["indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Created-By: Packages"],
  ]);
  const line = targets.split("\n").find((target) => target.endsWith(` ${suite} main`));
  return line?.split(" ")[0] ?? "";
}
