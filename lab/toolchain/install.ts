import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { paths } from "../paths.ts";
import { ToolchainError } from "./errors.ts";
import { replaceLink } from "./files.ts";
import { withLock } from "./lock.ts";
import type { InstallContext, Origin, Program } from "./program.ts";
import { programOf, type ProgramName } from "./programs.ts";
import { installDirectory } from "./recipe.ts";
import { installDebian } from "./sources/debian.ts";
import { installDownload, isDownloadable } from "./sources/download.ts";
import { installGo } from "./sources/go.ts";
import { findOnPath, installFromPath, isUnchanged } from "./sources/path.ts";
import { installWheel } from "./sources/wheel.ts";

const originFile = "origin.json";

/** Installs the program in the cache and links it. If it is installed already, this starts no process. */
export async function provideTool(name: ProgramName, context: InstallContext): Promise<Origin> {
  const program = programOf(name);
  const directory = installDirectory(name);
  let origin = readOrigin(directory, program);
  if (!origin) {
    origin = await withLock(`${directory}.lock`, context, async () => {
      // The previous holder of the lock may have installed it.
      const made = readOrigin(directory, program);
      return made ?? installWhole(directory, (draft) => install(name, program, draft, context));
    });
    context.report(`${origin.version} from ${describe(origin)}`);
  }
  if (!program.unlinked) {
    for (const command of program.commands)
      replaceLink(join(paths.bin, command), join(directory, "bin", command));
  }
  return origin;
}

/** Whether the program is completely installed in the cache, with the current recipe. */
export function isCached(name: ProgramName): boolean {
  return readOrigin(installDirectory(name), programOf(name)) !== undefined;
}

/** Lets `make` fill a temporary directory, which gets its final name only after success. Requires the lock. */
export async function installWhole(
  directory: string,
  make: (draft: string) => Promise<Origin>,
): Promise<Origin> {
  const parent = dirname(directory);
  const draftPrefix = `.${basename(directory)}.`;
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    // Leftovers of a killed process: the lock excludes any other process here.
    if (name.startsWith(draftPrefix)) rmSync(join(parent, name), { recursive: true });
  }
  const draft = mkdtempSync(join(parent, draftPrefix));
  try {
    // Temporary directories are private, but other users on the lab's hosts run these programs.
    chmodSync(draft, 0o755);
    const origin = await make(draft);
    writeFileSync(join(draft, originFile), `${JSON.stringify(origin, undefined, 2)}\n`);
    rmSync(directory, { recursive: true, force: true });
    renameSync(draft, directory);
    return origin;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function install(
  name: ProgramName,
  program: Program,
  draft: string,
  context: InstallContext,
): Promise<Origin> {
  try {
    const found = await findOnPath(program);
    if (found) return installFromPath(found, draft);
    if (await isDownloadable(program)) return await installDownload(name, program, draft, context);
    const { source } = program;
    switch (source.kind) {
      case "wheel":
        return await installWheel(name, program, source, draft, context);
      case "debian":
        return await installDebian(name, program, source, draft, context);
      case "go":
        return await installGo(program, source, draft, context);
    }
  } catch (error) {
    context.signal?.throwIfAborted();
    if (!(error instanceof ToolchainError) || error.message.startsWith(`${name}:`)) throw error;
    throw new ToolchainError(`${name} ${program.version} could not be installed: ${error.message}`, {
      cause: error,
    });
  }
}

function readOrigin(directory: string, program: Program): Origin | undefined {
  let origin: Origin;
  try {
    origin = JSON.parse(readFileSync(join(directory, originFile), "utf8")) as Origin;
  } catch {
    return undefined;
  }
  const whole =
    program.commands.every((command) => existsSync(join(directory, "bin", command))) &&
    (origin.watched ?? []).every(isUnchanged);
  return whole ? origin : undefined;
}

function describe({ from, what }: Origin): string {
  switch (from) {
    case "path":
      return what;
    case "download":
      return what;
    case "wheel":
      return `the wheel ${what}`;
    case "debian":
      return `Debian's package ${what}`;
    case "go":
      return `the Go module ${what}`;
  }
}
