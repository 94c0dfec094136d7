import { execa } from "execa";
import { join } from "node:path";
import { projectRoot } from "../../lab/paths.ts";

/** A failed command, with the end of its output. */
export class CommandFailed extends Error {
  override name = "CommandFailed";
}

const keptLines = 20;

/** Runs a command in the project as its user does; its output is kept for the error message. */
export async function command(file: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  const result = await execa(file, args, {
    cwd: projectRoot,
    env,
    stdin: "ignore",
    all: true,
    reject: false,
  });
  if (!result.failed) return;
  const tail = result.all.split("\n").slice(-keptLines).join("\n");
  throw new CommandFailed(`${result.escapedCommand} failed:\n${tail}`);
}

/** One command of `lab/cli.ts`. */
export function lab(verb: "up" | "down", env: Record<string, string> = {}): Promise<void> {
  return command(process.execPath, [join(projectRoot, "lab", "cli.ts"), verb], env);
}
