import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../command.ts";
import type { GoSource, InstallContext, Origin, Program } from "../program.ts";
import { goFlags, moduleDirectory } from "../recipe.ts";

/**
 * Overrides the user's own Go settings that would change the result. A rarer garbage collection makes the build faster
 * and uses more memory.
 */
const environment = { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off", GOGC: "400" };

/** Packages that an interrupted build has compiled stay in Go's own cache, and the next build uses them. */
export async function installGo(
  { version, commands }: Program,
  source: GoSource,
  directory: string,
  context: InstallContext,
): Promise<Origin> {
  const bin = join(directory, "bin");
  const module = source.requires ?? `tools/${source.module}`;
  mkdirSync(bin);
  for (const [file, goPackage] of Object.entries(source.builds)) {
    context.report(`building ${goPackage === "." ? module : goPackage}`);
    const args = ["build", ...goFlags(source), "-o", join(bin, file), goPackage];
    await runCommand("go", args, { ...context, cwd: moduleDirectory(source), env: environment });
  }
  const [shared] = Object.keys(source.builds);
  for (const command of commands) {
    const path = join(bin, command);
    if (shared !== undefined && !existsSync(path)) symlinkSync(shared, path);
  }
  return { from: "go", what: `${module}@v${version}`, version };
}
