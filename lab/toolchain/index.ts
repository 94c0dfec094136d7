import type { ListrTask } from "listr2";
import { provideTool } from "./install.ts";
import type { InstallContext } from "./program.ts";
import { programNames, programOf, type ProgramName } from "./programs.ts";

export { isCached } from "./install.ts";
export { checkPrerequisites, installMachinePackages, machinePackageTask } from "./prerequisites.ts";
export { programNames, programs, type ProgramName } from "./programs.ts";
export { cniDirectory } from "./recipe.ts";

export interface ProvideOptions extends InstallContext {
  /** @default all */
  names?: readonly ProgramName[];
}

/**
 * Has the programs in the cache, each linked in `paths.bin` by its commands' names.
 *
 * One after another, because a Go build keeps every core busy by itself. Those in the cache cost
 * a few file reads; nothing is started for them.
 */
export async function provideTools({ names = programNames, report, signal }: ProvideOptions): Promise<void> {
  for (const name of names) {
    signal?.throwIfAborted();
    await provideTool(name, {
      report: (line) => {
        report(`${name}: ${line}`);
      },
      signal,
    });
  }
}

/** One task a program, to be run in order. */
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
