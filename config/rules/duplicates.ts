import { formatPath, show } from "../schema/problems.ts";
import type { Path } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";

/** Somebody's wish to be the only one with this value. */
export interface Claim {
  path: Path;
  value: unknown;
}

/** Reports each value that somebody before has claimed, naming both. What has no text is not claimed. */
export function reportDuplicates(reader: Reader, claims: readonly Claim[], fix: string): void {
  const owners = new Map<string, Path>();
  for (const { path, value } of claims) {
    if (typeof value !== "string") continue;
    const owner = owners.get(value);
    if (owner === undefined) owners.set(value, path);
    else reader.report(path, `${show(value)} is also ${formatPath(owner)}. ${fix}`);
  }
}
