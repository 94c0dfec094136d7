import { expect } from "chai";
import { execa } from "execa";
import { delimiter } from "node:path";
import { engineEnvironment } from "../../lab/engine.ts";
import { paths } from "../../lab/paths.ts";
import { insideNetwork } from "../../lab/run.ts";

/** Commands that the operator types in a folder on the laptop. */
export interface OperatorShell {
  /** `output` has both streams. A failed command does not throw: see `exitCode`. */
  run: (command: string, input?: string) => Promise<{ exitCode: number; output: string }>;
  /** Its output. Fails the test if the exit code is not 0. */
  succeed: (command: string, input?: string) => Promise<string>;
}

/** @param folder where the commands run; it may not exist before the first one */
export function operatorShell(folder: () => string): OperatorShell {
  const run: OperatorShell["run"] = async (command, input = "") => {
    const [program, args] = insideNetwork("laptop", command.split(" "));
    const { exitCode = -1, all } = await execa(program, args, {
      cwd: folder(),
      env: { ...engineEnvironment, PATH: `${paths.bin}${delimiter}${process.env.PATH ?? ""}` },
      input,
      all: true,
      reject: false,
    });
    return { exitCode, output: all };
  };
  const succeed: OperatorShell["succeed"] = async (command, input) => {
    const { exitCode, output } = await run(command, input);
    expect(exitCode, `${command}\n${output}`).to.equal(0);
    return output;
  };
  return { run, succeed };
}
