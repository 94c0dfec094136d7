/** `npm run build`: JavaScript, types and source maps of what is published, into `dist`. */
import { execa } from "execa";
import { cp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

/** The checkout. */
export const project = resolve(import.meta.dirname, "../..");

/** The files besides the code that make `dist/policy` a policy pack. */
const packFiles = ["PulumiPolicy.yaml", "package.json"];

/** Compiles the product, whose entry points tsconfig.build.json lists. @param directory is replaced */
export async function build(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  const compiler = ["tsc", "--project", "tsconfig.build.json", "--outDir", directory];
  await execa("npm", ["exec", "--no", "--", ...compiler], { cwd: project, stdout: "inherit" });
  for (const name of packFiles) await cp(join(project, "policy", name), join(directory, "policy", name));
}

if (import.meta.main) await build(join(project, "dist"));
