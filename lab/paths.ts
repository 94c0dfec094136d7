import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Everything that the lab makes lies below this directory (the XDG cache), nothing beside it. */
export const cacheRoot = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "mynodeone");

/** The checkout that this code runs from. */
export const projectRoot = resolve(import.meta.dirname, "..");

export const paths = {
  /** Programs, one directory per name, version and recipe. Shared by all checkouts. */
  tools: join(cacheRoot, "tools"),
  /** One symbolic link per program, to the version that this checkout pins. */
  bin: join(cacheRoot, "bin"),
  /** Root file systems, container images: what is slow to make and the same for every lab. */
  images: join(cacheRoot, "images"),
  /** The running lab: hosts' overlays, keys, databases, process records. `down` removes it. */
  lab: join(cacheRoot, "lab"),
  /** One log a daemon. */
  logs: join(cacheRoot, "lab", "logs"),
  /** Pulumi's home: its plugins lie here, official or standing in. */
  pulumiHome: join(cacheRoot, "pulumi"),
};

/** The absolute path of a program that the toolchain provides. */
export function tool(name: string): string {
  return join(paths.bin, name);
}
