import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Call this in the body of a suite. Each call of the returned function makes a new, empty directory. All of them are
 * removed after the suite.
 */
export function temporaryDirectories(): () => string {
  const made: string[] = [];
  after(() => {
    for (const path of made) rmSync(path, { recursive: true });
  });
  return () => {
    const path = mkdtempSync(join(tmpdir(), "mynodeone-unit-"));
    made.push(path);
    return path;
  };
}
