import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Written beside an installed plugin: the version of the official plugin that it stands in for. */
export const versionFile = "version";

/** The version of the plugin that runs: the installed bundle's, from the file beside it. */
export function pluginVersion(): string {
  return readFileSync(join(import.meta.dirname, versionFile), "utf8").trim();
}
