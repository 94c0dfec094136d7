import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { ConfigSource } from "../../../config/index.ts";
import { namespace } from "../../../config/problems.ts";

export const fixtures = join(import.meta.dirname, "fixtures");

/** The config in the text of a Pulumi.<stack>.yaml, as the program would be handed it. */
export function stackSource(yaml: string): ConfigSource {
  const { config } = parse(yaml) as { config?: Record<string, unknown> | null };
  const values = new Map(
    Object.entries(config ?? {})
      .filter(([key]) => key.startsWith(`${namespace}:`))
      .map(([key, value]) => [key.slice(namespace.length + 1), value]),
  );
  return { get: (key) => values.get(key), keys: () => [...values.keys()] };
}

export function stackFile(path: string): ConfigSource {
  return stackSource(readFileSync(path, "utf8"));
}
