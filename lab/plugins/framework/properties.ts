/**
 * Property values as the engine sends them: JSON, in which secrets and values that are not known yet
 * are marked by signatures of the plugin protocol
 * (https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/resource#pkg-constants).
 */
export type Properties = Record<string, unknown>;

/** Where a value lies inside of properties: keys of objects, positions in arrays. */
export type Path = readonly (string | number)[];

/** Stands for a value that a preview cannot know. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Plain values, and where among them the secrets lie. */
export interface Unwrapped {
  values: Properties;
  secrets: Path[];
}

/** Takes the marks off secrets, so that a provider works with plain values alone. */
export function unwrapSecrets(wrapped: Properties): Unwrapped {
  const secrets: Path[] = [];
  const values = unwrap(wrapped, [], secrets) as Properties;
  return { values, secrets };
}

/** The way back: marks the values at these paths. A path that leads nowhere is left out. */
export function wrapSecrets(values: Properties, secrets: readonly Path[]): Properties {
  return secrets.reduce<unknown>(wrapAt, values) as Properties;
}

/** Whether any value, however deep, is not known yet. */
export function containsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (isObject(value)) return Object.values(value).some(containsUnknown);
  return value === unknownValue;
}

/** A JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Without the entries that are undefined, for which a message has no form. */
export function withoutUndefined(value: unknown): unknown {
  return withoutEntries(value, (entry) => entry === undefined);
}

/** Without the entries that are null or undefined: the protocol sends both for "not given". */
export function withoutNulls(value: unknown): unknown {
  return withoutEntries(value, (entry) => entry === null || entry === undefined);
}

function withoutEntries(value: unknown, isLeftOut: (entry: unknown) => boolean): unknown {
  if (Array.isArray(value)) return value.map((entry) => withoutEntries(entry, isLeftOut));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, entry]) => !isLeftOut(entry));
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutEntries(entry, isLeftOut)]));
}

/** Properties but these. */
export function omit(properties: Properties, ...names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

/** These properties, as far as there are any. */
export function pick(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
}

/** `over` laid on `base`, object by object; anything else of `over` takes the place of what `base` has. */
export function mergeDeep(base: Properties, over: Properties): Properties {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? mergeDeep(below, value) : value;
  }
  return merged;
}

/** The part of `live` that `shapes` know, however deep: what others have added is no business of theirs. */
export function prune(live: Properties, ...shapes: readonly Properties[]): Properties {
  const known = Object.entries(live).filter(([key]) => shapes.some((shape) => shape[key] !== undefined));
  return Object.fromEntries(
    known.map(([key, value]) => {
      const below = shapes.map((shape) => shape[key]).filter(isObject);
      return [key, isObject(value) && below.length > 0 ? prune(value, ...below) : value];
    }),
  );
}

function isSecret(value: unknown): value is Properties {
  return isObject(value) && value[signatureKey] === secretSignature;
}

function unwrap(value: unknown, path: Path, secrets: Path[]): unknown {
  if (isSecret(value)) {
    secrets.push(path);
    return unwrap(value.value, path, secrets);
  }
  if (Array.isArray(value)) return value.map((entry, index) => unwrap(entry, [...path, index], secrets));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, unwrap(entry, [...path, key], secrets)]),
  );
}

function wrapAt(value: unknown, path: Path): unknown {
  if (isSecret(value)) return value;
  const [key, ...rest] = path;
  if (key === undefined) return { [signatureKey]: secretSignature, value };
  if (typeof key === "number") {
    if (!Array.isArray(value)) return value;
    return value.map((entry: unknown, index) => (index === key ? wrapAt(entry, rest) : entry));
  }
  if (!isObject(value) || value[key] === undefined) return value;
  return { ...value, [key]: wrapAt(value[key], rest) };
}
