import { execa } from "execa";
import { CommandError } from "./errors.ts";
import type { InstallContext } from "./program.ts";

const keptLines = 15;

interface CommandOptions extends InstallContext {
  cwd?: string;
  /** Added to the environment of this process. */
  env?: Record<string, string>;
}

/** Runs a program to its end and reports its output line by line. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<void> {
  const { report, signal, cwd, env } = options;
  const lastLines: string[] = [];
  const subprocess = execa(command, args, {
    cwd,
    env,
    ...(signal && { cancelSignal: signal }),
    stdin: "ignore",
    all: true,
    buffer: false,
    reject: false,
  });
  for await (const line of subprocess.iterable({ from: "all" })) {
    if (line.trim() === "") continue;
    lastLines.push(line);
    if (lastLines.length > keptLines) lastLines.shift();
    report(line);
  }
  const result = await subprocess;
  signal?.throwIfAborted();
  if (!result.failed) return;
  const how =
    result.exitCode === undefined
      ? result.signal
        ? `was ended by ${result.signal}`
        : `could not be started (${result.code ?? "unknown reason"})`
      : `ended with exit code ${result.exitCode}`;
  throw new CommandError(result.command, how, lastLines);
}

/** The output of a program; undefined if it cannot be run, fails, or takes more than five seconds. */
export async function askCommand(command: string, args: readonly string[]): Promise<string | undefined> {
  const result = await execa(command, args, { stdin: "ignore", all: true, reject: false, timeout: 5_000 });
  return result.failed ? undefined : result.all;
}
