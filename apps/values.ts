import isPlainObject from "is-plain-obj";

export type Values = Record<string, unknown>;

/**
 * Merges chart values as `helm --values` does: maps merge, everything else is replaced. A `null` stays: Helm reads it
 * as "remove the chart's default".
 */
export function mergeValues(base: Values, over: Values): Values {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, isPlainObject(below) && isPlainObject(value) ? mergeValues(below, value) : value);
  }
  return Object.fromEntries(merged);
}

/** The value at a path of keys; `undefined` where the path ends early, or in `null`. */
export function valueAt(values: Values, path: readonly string[]): unknown {
  let at: unknown = values;
  for (const key of path) at = isPlainObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at ?? undefined;
}
