import type { ListrTask } from "listr2";
import { provideTool } from "./install.ts";
import { programNames, programOf, type ProgramName } from "./programs.ts";

export { isCached } from "./install.ts";
export { checkPrerequisites, installMachinePackages, machinePackageTask } from "./prerequisites.ts";
export { programNames, programs, type ProgramName } from "./programs.ts";
export { cniDirectory } from "./recipe.ts";

/** One task for each program, to be run in order. */
export function toolchainTasks(names: readonly ProgramName[] = programNames): ListrTask[] {
  return names.map((name) => ({
    title: `${name} ${programOf(name).version}`,
    task: async (_, task) => {
      await provideTool(name, {
        report: (line) => {
          task.output = line;
        },
      });
    },
  }));
}
