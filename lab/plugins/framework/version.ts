import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file beside an installed plugin with the version of the official plugin that it stands in for. */
export const versionFile = "version";

/** The version of the running plugin, from the file beside the installed bundle. */
export function pluginVersion(): string {
  return readFileSync(join(import.meta.dirname, versionFile), "utf8").trim();
}
