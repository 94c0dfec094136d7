/**
 * Property values as the engine sends them: JSON in which the plugin protocol's signatures mark secrets and unknown
 * values (https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/resource#pkg-constants).
 */
export type Properties = Record<string, unknown>;

/** The path of a value in properties: keys of objects, positions in arrays. */
export type Path = readonly (string | number)[];

/** The placeholder of a value that a preview cannot know. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Plain values, and the paths of the secrets among them. */
export interface Unwrapped {
  values: Properties;
  secrets: Path[];
}

/** Removes the marks of secrets, so that a provider works with plain values only. */
export function unwrapSecrets(wrapped: Properties): Unwrapped {
  const secrets: Path[] = [];
  const values = unwrap(wrapped, [], secrets) as Properties;
  return { values, secrets };
}

/** Marks the values at these paths as secrets. A path that does not exist is ignored. */
export function wrapSecrets(values: Properties, secrets: readonly Path[]): Properties {
  return secrets.reduce<unknown>(wrapAt, values) as Properties;
}

/** Whether any value at any depth is unknown. */
export function containsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (isObject(value)) return Object.values(value).some(containsUnknown);
  return value === unknownValue;
}

/** A JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Without the entries that are undefined, which a message cannot represent. */
export function withoutUndefined(value: unknown): unknown {
  return withoutEntries(value, (entry) => entry === undefined);
}

/** Without the entries that are null or undefined, which both mean "not given" in the protocol. */
export function withoutNulls(value: unknown): unknown {
  return withoutEntries(value, (entry) => entry === null || entry === undefined);
}

function withoutEntries(value: unknown, isLeftOut: (entry: unknown) => boolean): unknown {
  if (Array.isArray(value)) return value.map((entry) => withoutEntries(entry, isLeftOut));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, entry]) => !isLeftOut(entry));
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutEntries(entry, isLeftOut)]));
}

/** All properties except these. */
export function omit(properties: Properties, ...names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

/** Those of these properties that exist. */
export function pick(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
}

/** Merges `over` into `base`, object by object; any other value of `over` replaces that of `base`. */
export function mergeDeep(base: Properties, over: Properties): Properties {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? mergeDeep(below, value) : value;
  }
  return merged;
}

/** The part of `live` whose paths exist in `shapes`, without what others have added. */
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
