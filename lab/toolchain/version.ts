/** How far above the pinned version another may lie: within its minor or its major release. */
export type Fit = "minor" | "major";

type Version = readonly [major: number, minor: number, patch: number];

/** The first version number in a program's answer; undefined where there is none. */
export function findVersion(text: string): string | undefined {
  return /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0];
}

export function fits(found: string, pinned: string, fit: Fit): boolean {
  const [major, minor] = parse(found);
  const [pinnedMajor, pinnedMinor] = parse(pinned);
  const near = major === pinnedMajor && (fit === "major" || minor === pinnedMinor);
  return near && atLeast(found, pinned);
}

export function atLeast(found: string, lowest: string): boolean {
  const [left, right] = [parse(found), parse(lowest)];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs === -1 || (left[differs] ?? 0) > (right[differs] ?? 0);
}

function parse(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = (findVersion(text) ?? "0.0").split(".").map(Number);
  return [major, minor, patch];
}
