import { parseArgs } from "node:util";
import { runMain, runSteps } from "../progress.ts";
import { ToolchainError } from "./errors.ts";
import {
  checkPrerequisites,
  machinePackageTask,
  programNames,
  toolchainTasks,
  type ProgramName,
} from "./index.ts";

/** `node lab/toolchain/main.ts [--verbose] [PROGRAM…]`: installs the programs only, without a lab. */
await runMain(async () => {
  const { values, positionals } = parseArgs({
    options: { verbose: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals.map(programName) : programNames;
  await checkPrerequisites({ names });
  await runSteps([machinePackageTask(), ...toolchainTasks(names)], values);
});

function programName(text: string): ProgramName {
  const name = programNames.find((known) => known === text);
  if (name === undefined) {
    throw new ToolchainError(`the lab has no program "${text}". Available: ${programNames.join(", ")}.`);
  }
  return name;
}
