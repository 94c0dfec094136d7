import { isObject, type Properties } from "./properties.ts";

/** One difference, at the deepest path where the two sides differ. */
export interface Change {
  /** A property path of the engine: `connection.host`, `triggers[0]`, `values["a.b"]`. */
  path: string;
  kind: "add" | "delete" | "update";
}

/** The differences between the inputs in the state and those of the program. */
export function diffProperties(olds: Properties, news: Properties): Change[] {
  return [...compareObjects(olds, news, "")];
}

/** Whether a change at `path` concerns `property` or a part of it. */
export function concerns(path: string, property: string): boolean {
  return path === property || path.startsWith(`${property}.`) || path.startsWith(`${property}[`);
}

function* compareObjects(olds: Properties, news: Properties, prefix: string): Generator<Change> {
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    yield* compare(olds[key], news[key], joinKey(prefix, key));
  }
}

function* compare(old: unknown, new_: unknown, path: string): Generator<Change> {
  const before = old ?? undefined;
  const after = new_ ?? undefined;
  if (before === after) return;
  if (before === undefined) yield { path, kind: "add" };
  else if (after === undefined) yield { path, kind: "delete" };
  else if (isObject(before) && isObject(after)) yield* compareObjects(before, after, path);
  else if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    for (let index = 0; index < length; index++) {
      yield* compare(before[index], after[index], `${path}[${index}]`);
    }
  } else yield { path, kind: "update" };
}

function joinKey(prefix: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${prefix}[${JSON.stringify(key)}]`;
  return prefix === "" ? key : `${prefix}.${key}`;
}
