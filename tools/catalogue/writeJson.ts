import { writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";

/** Writes a file as the project's formatter would format it, with short objects on one line. */
export async function writeJson(path: string, data: unknown): Promise<void> {
  const text = JSON.stringify(data);
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), parser: "json" }));
}
