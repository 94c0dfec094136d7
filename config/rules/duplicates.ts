import { formatPath, show } from "../schema/problems.ts";
import type { Path } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";

/** A value that must be unique to an option. */
export interface Claim {
  path: Path;
  value: unknown;
}

/** Reports each value that is used twice, with both options. Values other than text are ignored. */
export function reportDuplicates(reader: Reader, claims: readonly Claim[], fix: string): void {
  const owners = new Map<string, Path>();
  for (const { path, value } of claims) {
    if (typeof value !== "string") continue;
    const owner = owners.get(value);
    if (owner === undefined) owners.set(value, path);
    else reader.report(path, `${show(value)} is already used by ${formatPath(owner)}. ${fix}`);
  }
}
