import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConfigSource } from "../../../config/index.ts";
import { readStackFile } from "../../../config/stackFile.ts";

export const fixtures = join(import.meta.dirname, "fixtures");

/** The config in the text of a Pulumi.<stack>.yaml, as the program would be handed it. */
export function stackSource(yaml: string): ConfigSource {
  return readStackFile(yaml).source;
}

export function stackFile(path: string): ConfigSource {
  return stackSource(readFileSync(path, "utf8"));
}
