import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Replaces a file atomically: a reader sees the old text or the new one, even after a power cut. The mode is kept. */
export function writeAtomically(path: string, text: string): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true });
  // Without the target's name: CoreDNS's `auto` plugin would load a copy called db.NAME.tmp as a zone.
  const temporary = join(directory, `.${randomBytes(6).toString("hex")}.tmp`);
  const mode = existsSync(path) ? statSync(path).mode : 0o666;
  const file = openSync(temporary, "wx", mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const entry = openSync(directory, "r");
  fsyncSync(entry);
  closeSync(entry);
}
