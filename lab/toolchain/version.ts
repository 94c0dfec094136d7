import { coerce, gte, satisfies } from "semver";

/** The release that a version above the pinned one has to share with it: minor or major. */
export type Fit = "minor" | "major";

/** The first version number in a program's output; undefined if there is none. */
export function findVersion(text: string): string | undefined {
  return /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0];
}

export function fits(found: string, pinned: string, fit: Fit): boolean {
  return satisfies(complete(found), `${fit === "minor" ? "~" : "^"}${complete(pinned)}`);
}

export function atLeast(found: string, lowest: string): boolean {
  return gte(complete(found), complete(lowest));
}

/** Go omits a last number that is 0, and Debian appends to a version: `1.25`, `1.6.20~ds1`. */
function complete(version: string): string {
  return coerce(version)?.version ?? "0.0.0";
}
