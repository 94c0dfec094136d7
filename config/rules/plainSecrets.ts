import isPlainObject from "is-plain-obj";

/** Names of values that are passwords or similar, in charts and in apps' variables. */
const secretName =
  /(password|passwd|passphrase|token|api[-_]?key|private[-_]?key|client[-_]?secret|_secret|_secret_key)$|^secret$/i;

/** Charts use these for the name of a Secret, or of a key in it. */
const reference = /^existing|ref$/i;

/**
 * Paths of plain-text values that are passwords by their name, such as `admin.password`. Only a guess, unlike the
 * results of `looksSecret`, but enough for a warning. Empty texts, templates and references to a Secret do not count.
 */
export function plainSecrets(value: unknown, path: string[] = ["values"]): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => plainSecrets(item, [...path, String(index)]));
  if (isPlainObject(value)) {
    // An item of a container's environment.
    const named = typeof value.name === "string" && typeof value.value === "string";
    if (named) return plainSecrets(value.value, [...path, String(value.name)]);
    return Object.entries(value).flatMap(([key, inner]) =>
      reference.test(key) ? [] : plainSecrets(inner, [...path, key]),
    );
  }
  const [last = "", before = ""] = path.toReversed();
  const name = last === "value" ? before : last;
  const isText = typeof value === "string" && value !== "" && !value.includes("{{");
  return isText && secretName.test(name) ? [path.join(".")] : [];
}

/** A warning for each of them. */
export function plainSecretNotices(values: unknown): string[] {
  return plainSecrets(values).map((path) => `${path}: ${readableSecret}`);
}

const readableSecret =
  "looks like a password, which would be readable in the file, in the state and in the cluster. If it is " +
  "one, put it in a Kubernetes Secret that the values refer to.";
