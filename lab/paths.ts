import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Everything that the lab makes lies below this directory (the XDG cache), nothing beside it. */
export const cacheRoot = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "mynodeone");

/** The checkout that this code runs from. */
export const projectRoot = resolve(import.meta.dirname, "..");

/** The lab that `MYNODEONE_LAB` names. The name becomes part of paths and of network namespaces' names. */
export function labNameFrom(wish: string | undefined): string {
  const name = wish === undefined || wish === "" ? "lab" : wish;
  if (/^[a-z0-9][a-z0-9-]*$/.test(name)) return name;
  throw new Error(
    `MYNODEONE_LAB is "${name}": name a lab by lower-case letters, digits and hyphens, no hyphen first`,
  );
}

/**
 * Which lab is meant, where several run beside each other on one machine: each has its own hosts, keys, state and
 * plugins, and shares programs and images. @default lab
 */
export const labName = labNameFrom(process.env.MYNODEONE_LAB);

/** What belongs to one lab. `down` removes it all: nothing that labs share may lie there. */
export function labDirectory(name: string): string {
  return join(cacheRoot, "labs", name);
}

const ownDirectory = labDirectory(labName);

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
