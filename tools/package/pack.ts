import { execa } from "execa";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { build, project } from "./build.ts";

/** What npm packs besides `files`: https://docs.npmjs.com/cli/configuring-npm/package-json#files */
const always = ["package.json", "README.md", "LICENSE"];

/**
 * Packs the project as `npm publish` does, but from a copy, so that an existing `dist` does not interfere and several
 * calls can run at the same time.
 *
 * @param directory gets the tarball
 * @returns the tarball's path
 */
export async function pack(directory: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "mynodeone-pack-"));
  try {
    const { files } = JSON.parse(await readFile(join(project, "package.json"), "utf8")) as {
      files: string[];
    };
    for (const name of [...always, ...files])
      if (name !== "dist") await cp(join(project, name), join(copy, name), { recursive: true });
    await build(join(copy, "dist"));
    const flags = ["--ignore-scripts", "--json", "--pack-destination", directory];
    const { stdout } = await execa("npm", ["pack", ...flags], { cwd: copy });
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    if (packed === undefined) throw new Error(`npm pack printed no file name: ${stdout}`);
    return join(directory, packed.filename);
  } finally {
    await rm(copy, { recursive: true });
  }
}
