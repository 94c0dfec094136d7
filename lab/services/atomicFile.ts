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

/** Replaces a file as a whole: a reader sees the old text or the new one, also after a power cut. The mode stays. */
export function writeAtomically(path: string, text: string): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true });
  // Nothing of the target's name: CoreDNS's `auto` plugin would take a copy called db.NAME.tmp for a zone.
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
