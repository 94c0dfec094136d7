/** `npm run schema`: writes the files that are generated from the schema. A test fails if they are out of date. */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { format, resolveConfig } from "prettier";
import { describeKeys, stackFileSchema } from "../config/reference/jsonSchema.ts";
import { renderReference } from "../config/reference/reference.ts";

const project = resolve(import.meta.dirname, "..");

/** The generated files by their path in the project, formatted as all others are. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const files = {
    "config/schema.json": JSON.stringify(stackFileSchema()),
    "docs/options.md": renderReference(describeKeys()),
  };
  const formatted = Object.entries(files).map(async ([path, text]) => {
    const filepath = join(project, path);
    return [path, await format(text, { ...(await resolveConfig(filepath)), filepath })] as const;
  });
  return Object.fromEntries(await Promise.all(formatted));
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await generatedFiles())) writeFileSync(join(project, path), text);
}
