import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { askCommand, runCommand } from "../command.ts";
import { ToolchainError } from "../errors.ts";
import { linkFromTree } from "../files.ts";
import type { DebianSource, InstallContext, Origin, Program } from "../program.ts";
import { fits } from "../version.ts";

/** Apt verifies downloads against the archive's signed index. */
export async function installDebian(
  name: string,
  { version, commands }: Program,
  source: DebianSource,
  directory: string,
  context: InstallContext,
): Promise<Origin> {
  await download(source.package, directory, context);
  const [archive] = readdirSync(directory).filter((file) => file.endsWith(".deb"));
  if (archive === undefined)
    throw new ToolchainError(`${name}: apt downloaded no package ${source.package}.`);
  const file = join(directory, archive);
  const found = (await askCommand("dpkg-deb", ["--field", file, "Version"]))?.trim() ?? "";
  if (!fits(found.replace(/^\d+:/, ""), version, "major")) {
    throw new ToolchainError(
      `${name}: apt offers ${source.package} ${found}, but the lab needs ${version} or a later one of the ` +
        "same major version. Use a Debian release that has it (12 and 13 do), or put the program on PATH.",
    );
  }
  const tree = join(directory, "tree");
  await runCommand("dpkg-deb", ["--extract", file, tree], context);
  rmSync(file);
  linkFromTree(name, directory, tree, commands);
  return { from: "debian", what: source.package, version: found };
}

async function download(debianPackage: string, directory: string, context: InstallContext): Promise<void> {
  const fetchPackage = () =>
    runCommand("apt-get", ["-o", "APT::Sandbox::User=root", "download", "--quiet", debianPackage], {
      ...context,
      cwd: directory,
    });
  try {
    await fetchPackage();
  } catch {
    // The package lists may be missing or out of date.
    context.signal?.throwIfAborted();
    await runCommand("apt-get", ["update", "--quiet"], context);
    await fetchPackage();
  }
}
