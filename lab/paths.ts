import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Everything that the lab creates lies below this directory (in the XDG cache). */
export const cacheRoot = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "mynodeone");

/** The checkout that this code runs from. */
export const projectRoot = resolve(import.meta.dirname, "..");

/** The lab that `MYNODEONE_LAB` names. The name becomes part of paths and of the names of network namespaces. */
export function labNameFrom(wish: string | undefined): string {
  const name = wish === undefined || wish === "" ? "lab" : wish;
  if (/^[a-z0-9][a-z0-9-]*$/.test(name)) return name;
  throw new Error(
    `MYNODEONE_LAB is "${name}": use lower-case letters, digits and hyphens, and no hyphen at the start`,
  );
}

/**
 * The name of this lab, of several on one machine: each has its own hosts, keys, state and plugins, and shares programs
 * and images. @default lab
 */
export const labName = labNameFrom(process.env.MYNODEONE_LAB);

/** Everything that belongs to one lab. `down` removes all of it, so nothing that labs share may lie there. */
export function labDirectory(name: string): string {
  return join(cacheRoot, "labs", name);
}

const ownDirectory = labDirectory(labName);

export const paths = {
  /** Programs, one directory for each name, version and recipe. Shared by all checkouts. */
  tools: join(cacheRoot, "tools"),
  /** One symbolic link for each program, to the version that this checkout pins. */
  bin: join(cacheRoot, "bin"),
  /** Root file systems and container images: slow to build, and the same for every lab. */
  images: join(cacheRoot, "images"),
  /**
   * Node's compile cache for our programs and their libraries: https://nodejs.org/api/module.html#module-compile-cache
   */
  compiled: join(cacheRoot, "compiled"),
  /** The running lab: the hosts' overlays, keys, databases, process records. `down` removes it. */
  lab: ownDirectory,
  /** One log for each daemon. */
  logs: join(ownDirectory, "logs"),
  /** Held by a command that creates or removes the lab. */
  lock: join(cacheRoot, `${labName}.lock`),
  /** Pulumi's home with its plugins, official or stand-in. `down` keeps it. */
  pulumiHome: join(cacheRoot, labName === "lab" ? "pulumi" : `pulumi-${labName}`),
};

/** The absolute path of a program that the toolchain provides. */
export function tool(name: string): string {
  return join(paths.bin, name);
}
