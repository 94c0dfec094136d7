import isPlainObject from "is-plain-obj";
import type { Values } from "../../apps/values.ts";

/** Where a value stands among a chart's values: keys of maps, and the index of an item of a list at the end. */
export type ValuePath = readonly (string | number)[];

/** Each value that is no map, with its path. An item of a list counts as one value, whatever it holds. */
export function leavesOf(values: Values, above: ValuePath = []): [path: ValuePath, value: unknown][] {
  return Object.entries(values).flatMap(([key, value]): [ValuePath, unknown][] => {
    const path = [...above, key];
    if (Array.isArray(value)) return value.map((item: unknown, index) => [[...path, index], item]);
    return isPlainObject(value) ? leavesOf(value, path) : [[path, value]];
  });
}

/** The same values without one of them, and without the maps and lists that this empties. */
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

/** A path in one line. A key with a dot in it stands in quotes. */
export function pathText(path: ValuePath): string {
  return path
    .map((key) => (typeof key === "string" && key.includes(".") ? JSON.stringify(key) : key))
    .join(".");
}
