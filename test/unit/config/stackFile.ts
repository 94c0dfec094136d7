import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, loadConfig } from "../../../config/index.ts";
import type { ConfigSource } from "../../../config/index.ts";
import { formatProblem } from "../../../config/schema/problems.ts";
import { readStackFile } from "../../../config/file/stackFile.ts";

export const fixtures = join(import.meta.dirname, "fixtures");

/** The text of a stack file that sets only what is required. */
export const minimal = readFileSync(join(fixtures, "valid", "minimal.yaml"), "utf8");

export const hostKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"a".repeat(43)}`;

/** The config in the text of a Pulumi.<stack>.yaml, as the program receives it. */
export function stackSource(yaml: string): ConfigSource {
  return readStackFile(yaml).source;
}

export function stackFile(path: string): ConfigSource {
  return stackSource(readFileSync(path, "utf8"));
}

const minimalSource = stackSource(minimal);

/** The minimal config, with these options added or replaced. */
export function minimalWith(options: Record<string, unknown>): ConfigSource {
  return { get: (key) => (Object.hasOwn(options, key) ? options[key] : minimalSource.get(key)) };
}

/** The error that `loadConfig` throws for a config; undefined if it accepts the config. */
export function configError(source: ConfigSource): ConfigError | undefined {
  try {
    loadConfig(source);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** The problems of a config, one line each. */
export function problemsOf(source: ConfigSource): string[] {
  return (configError(source)?.problems ?? []).map(formatProblem);
}
