/** The numbers of a version or an image's tag: `v3.3.5`, `1.37.4-alpine`. Empty for a tag without any. */
export function versionOf(tag: string): string {
  return /\d+(\.\d+)*/.exec(tag)?.[0] ?? "";
}

/** Negative if `a` is older than `b`, 0 if they are equal, positive if `a` is newer. `12.4` equals `12.4.0`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
