import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Everything that the lab makes lies below this directory (the XDG cache), nothing beside it. */
export const cacheRoot = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "mynodeone");

/** The checkout that this code runs from. */
export const projectRoot = resolve(import.meta.dirname, "..");

/**
 * Which lab is meant, where several run beside each other on one machine: each has its own hosts, keys, state and
 * plugins, and shares programs and images. `MYNODEONE_LAB` names it. @default lab
 */
export const labName = process.env.MYNODEONE_LAB ?? "lab";

const ownDirectory = join(cacheRoot, labName);

export const paths = {
  /** Programs, one directory per name, version and recipe. Shared by all checkouts. */
  tools: join(cacheRoot, "tools"),
  /** One symbolic link per program, to the version that this checkout pins. */
  bin: join(cacheRoot, "bin"),
  /** Root file systems, container images: what is slow to make and the same for every lab. */
  images: join(cacheRoot, "images"),
  /** What Node has compiled of our programs and their libraries: https://nodejs.org/api/module.html#module-compile-cache */
  compiled: join(cacheRoot, "compiled"),
  /** The running lab: hosts' overlays, keys, databases, process records. `down` removes it. */
  lab: ownDirectory,
  /** One log a daemon. */
  logs: join(ownDirectory, "logs"),
  /** Held by whoever makes or removes the lab. */
  lock: join(cacheRoot, `${labName}.lock`),
  /** Pulumi's home: its plugins lie here, official or standing in. Outlives the lab. */
  pulumiHome: join(cacheRoot, labName === "lab" ? "pulumi" : `pulumi-${labName}`),
};

/** The absolute path of a program that the toolchain provides. */
export function tool(name: string): string {
  return join(paths.bin, name);
}
