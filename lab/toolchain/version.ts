import { coerce, gte, satisfies } from "semver";

/** How far above the pinned version another may lie: within its minor or its major release. */
export type Fit = "minor" | "major";

/** The first version number in a program's answer; undefined where there is none. */
export function findVersion(text: string): string | undefined {
  return /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0];
}

export function fits(found: string, pinned: string, fit: Fit): boolean {
  return satisfies(complete(found), `${fit === "minor" ? "~" : "^"}${complete(pinned)}`);
}

export function atLeast(found: string, lowest: string): boolean {
  return gte(complete(found), complete(lowest));
}

/** Go leaves out a last number that is 0, and Debian adds to a version: `1.25`, `1.6.20~ds1`. */
function complete(version: string): string {
  return coerce(version)?.version ?? "0.0.0";
}
