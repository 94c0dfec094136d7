import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory that is gone after the suite it is asked for in. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "mynodeone-services-"));
  after(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}
