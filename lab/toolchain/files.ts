import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { ChecksumError, ToolchainError } from "./errors.ts";

export async function verifyChecksum(
  program: string,
  file: string,
  what: string,
  sha256: string,
): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest("hex");
  if (actual !== sha256) throw new ChecksumError(program, what, sha256, actual);
}

/** Links `bin/COMMAND` to the executable in an unpacked tree, wherever that lies. */
export function linkFromTree(
  program: string,
  directory: string,
  tree: string,
  commands: readonly string[],
): void {
  const files = readdirSync(tree, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  mkdirSync(join(directory, "bin"), { recursive: true });
  for (const command of commands) {
    const found = files
      .filter((entry) => entry.name === command)
      .map((entry) => join(entry.parentPath, entry.name))
      // Init scripts, completions and defaults have the program's name, too.
      .find(isBinary);
    if (found === undefined) {
      throw new ToolchainError(
        `${program}: the unpacked package has no executable "${command}". Its layout has changed: adapt ` +
          "the entry in lab/toolchain/programs.ts.",
      );
    }
    symlinkSync(relative(join(directory, "bin"), found), join(directory, "bin", command));
  }
}

function isBinary(path: string): boolean {
  const magic = Buffer.alloc(4);
  const file = openSync(path, "r");
  try {
    readSync(file, magic);
  } finally {
    closeSync(file);
  }
  return magic.toString("latin1") === "\x7fELF";
}

/** Wheels are zip archives, and unzipping drops the execute bit. */
export function makeExecutable(directory: string): void {
  for (const file of existsSync(directory) ? readdirSync(directory) : [])
    chmodSync(join(directory, file), 0o755);
}

/** Replaces a symbolic link atomically. */
export function replaceLink(link: string, target: string): void {
  try {
    if (readlinkSync(link) === target) return;
  } catch {
    // Missing, or not a link.
  }
  mkdirSync(dirname(link), { recursive: true });
  const draft = `${link}.${randomUUID()}`;
  symlinkSync(target, draft);
  renameSync(draft, link);
}
