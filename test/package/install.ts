import { execa } from "execa";
import { copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "../../tools/package/pack.ts";

/**
 * Packs this checkout and installs it as a user does: into a new folder elsewhere, with only the package's own
 * `dependencies`. npm downloads only packages that are not in its cache.
 *
 * @returns the folder, which the caller removes. Its `index.ts` composes components: test/package/composed
 */
export async function installPackage(): Promise<string> {
  // The real path, since the compiler looks for packages above the real directory, not above a link to it.
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "mynodeone-installed-"));
  try {
    const tarball = await pack(directory);
    writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
    await execa("npm", ["install", ...flags, tarball], { cwd: directory });
    copyFileSync(join(import.meta.dirname, "composed/index.ts"), join(directory, "index.ts"));
    return directory;
  } catch (error) {
    rmSync(directory, { recursive: true });
    throw error;
  }
}
