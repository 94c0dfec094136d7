import isPlainObject from "is-plain-obj";
import type { Values } from "../../apps/values.ts";

/** The path of a value in a chart's values: keys of maps, and at the end perhaps the index of a list item. */
export type ValuePath = readonly (string | number)[];

/** Each value that is not a map, with its path. A list item counts as one value, whatever it contains. */
export function leavesOf(values: Values, above: ValuePath = []): [path: ValuePath, value: unknown][] {
  return Object.entries(values).flatMap(([key, value]): [ValuePath, unknown][] => {
    const path = [...above, key];
    if (Array.isArray(value)) return value.map((item: unknown, index) => [[...path, index], item]);
    return isPlainObject(value) ? leavesOf(value, path) : [[path, value]];
  });
}

/** The same values without one of them, and without the maps and lists that become empty. */
export function withoutLeaf(values: Values, [key, ...rest]: ValuePath): Values {
  const entries = Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
    if (name !== key) return [[name, value]];
    const kept = rest.length === 0 ? [] : without(value, rest);
    return Object.keys(kept).length === 0 ? [] : [[name, kept]];
  });
  return Object.fromEntries(entries);
}

function without(value: unknown, rest: ValuePath): Values | unknown[] {
  if (Array.isArray(value)) return value.filter((_: unknown, index) => index !== rest[0]) as unknown[];
  return isPlainObject(value) ? withoutLeaf(value, rest) : [];
}

/** A path as one line. A key with a dot is quoted. */
export function pathText(path: ValuePath): string {
  return path
    .map((key) => (typeof key === "string" && key.includes(".") ? JSON.stringify(key) : key))
    .join(".");
}
