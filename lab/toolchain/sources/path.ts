import { accessSync, constants, mkdirSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { paths } from "../../paths.ts";
import { askCommand } from "../command.ts";
import type { Origin, Program, WatchedFile } from "../program.ts";
import { findVersion, fits } from "../version.ts";

export interface FoundOnPath {
  version: string;
  /** Command → file. */
  files: Map<string, string>;
}

/** The machine's own program, if all its commands exist in versions that fit. */
export async function findOnPath(
  program: Program,
  searchPath = process.env.PATH,
): Promise<FoundOnPath | undefined> {
  if (!program.onPath) return undefined;
  const { fit, ask } = program.onPath;
  const files = new Map<string, string>();
  for (const command of program.commands) {
    const file = which(command, searchPath);
    if (file === undefined) return undefined;
    files.set(command, file);
  }
  let version: string | undefined;
  for (const [command, file] of files) {
    version = findVersion((await askCommand(file, ask[command] ?? ["--version"])) ?? "");
    if (version === undefined || !fits(version, program.version, fit)) return undefined;
  }
  return version === undefined ? undefined : { version, files };
}

/** Links to the machine's files and records their metadata, so that the next run notices an upgrade. */
export function installFromPath(found: FoundOnPath, directory: string): Origin {
  const bin = join(directory, "bin");
  mkdirSync(bin, { recursive: true });
  for (const [command, file] of found.files) symlinkSync(file, join(bin, command));
  const [first = ""] = found.files.values();
  return { from: "path", what: first, version: found.version, watched: [...found.files.values()].map(watch) };
}

/** Whether a file of the machine is still the one whose version was checked. */
export function isUnchanged({ path, size, mtimeMs }: WatchedFile): boolean {
  try {
    const now = statSync(path);
    return now.size === size && now.mtimeMs === mtimeMs;
  } catch {
    return false;
  }
}

function watch(path: string): WatchedFile {
  const { size, mtimeMs } = statSync(path);
  return { path, size, mtimeMs };
}

function which(command: string, searchPath = ""): string | undefined {
  for (const directory of searchPath.split(delimiter)) {
    // The cache's own links, if they are on PATH, do not count as programs of the machine.
    if (!isAbsolute(directory) || directory === paths.bin) continue;
    try {
      const file = realpathSync(join(directory, command));
      if (!statSync(file).isFile() || file.startsWith(paths.tools)) continue;
      accessSync(file, constants.X_OK);
      return join(directory, command);
    } catch {
      // The command is not in this directory.
    }
  }
  return undefined;
}
