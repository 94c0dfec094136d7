import isPlainObject from "is-plain-obj";
import type { ConfigSource } from "../source.ts";
import { withNamespace } from "../schema/problems.ts";
import type { Path } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";
import { providerSecrets, secretKeys } from "../schema/secrets.ts";
import { looksSecret } from "../schema/secretText.ts";

/**
 * Reports secrets in plain text, and encrypted values that end up readable.
 *
 * @param readable the keys whose values the program reads and writes into its state
 */
export function checkSecrets(source: ConfigSource, readable: readonly string[], reader: Reader): void {
  for (const [key, encrypted] of Object.entries(source.encryption?.() ?? {})) {
    const own = secretKeys.find((name) => withNamespace(name) === key);
    if (!encrypted && (own !== undefined || providerSecrets.includes(key))) {
      reader.report([own ?? key], inPlainText(key));
    }
    for (const path of own === undefined ? [] : plainBeside(source.get(own), [own]))
      reader.report(path, inPlainText(path.join(".")));
    const kept = readable.find((name) => withNamespace(name) === key);
    if (!encrypted || kept === undefined) continue;
    // Pulumi itself only says that something below the key is encrypted.
    const places = encryptedIn(source.get(kept), [kept]);
    for (const path of places.length > 0 ? places : [[kept]]) reader.report(path, encryptedForNothing(path));
  }
  for (const key of readable) findSecrets(source.get(key), [key], reader);
}

/** Plain-text values beside encrypted ones. A run receives all of them decrypted, and cannot tell. */
function plainBeside(value: unknown, path: Path): Path[] {
  if (!isPlainObject(value) || encryptedIn(value, path).length === 0 || typeof value.secure === "string")
    return [];
  return Object.keys(value).flatMap((key) => (typeof value[key] === "string" ? [[...path, key]] : []));
}

/** Paths of the encrypted values in a file. */
export function encryptedIn(value: unknown, path: Path): Path[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => encryptedIn(item, [...path, index]));
  if (!isPlainObject(value)) return [];
  if (Object.keys(value).length === 1 && typeof value.secure === "string") return [path];
  return Object.entries(value).flatMap(([key, item]) => encryptedIn(item, [...path, key]));
}

function findSecrets(value: unknown, path: Path, reader: Reader): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) findSecrets(item, [...path, index], reader);
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) findSecrets(item, [...path, key], reader);
  } else if (typeof value === "string") {
    const kind = looksSecret(value);
    if (kind !== undefined) reader.report(path, misplaced(kind, path));
  }
}

function inPlainText(key: string): string {
  return (
    `a secret in plain text. Encrypt it with \`pulumi config set --secret ${key}\`, ` +
    "and replace it if anybody else has seen the file."
  );
}

function encryptedForNothing(path: Path): string {
  const options =
    "encrypted, but this option is stored in plain text in the state and on the hosts. Set it in plain text";
  if (isInValues(path))
    return `encrypted, but values are stored in plain text in the state and in the cluster. ${toKubernetes}`;
  // The exact path within the apps is unknown: it may be in values.
  const app = path[0] === "apps" && path.length === 1;
  return app
    ? `${options}; a secret for an app belongs in a Kubernetes Secret that its values refer to.`
    : `${options}.`;
}

function misplaced(kind: string, path: Path): string {
  const fix = isInValues(path) ? toKubernetes : "Remove it, and set the secret option that is meant for it.";
  return `looks like ${kind}, and this value is readable in the file and in the state. ${fix}`;
}

const toKubernetes = "Put it in a Kubernetes Secret that the values refer to.";

function isInValues([key, , option]: Path): boolean {
  return key === "apps" && option === "values";
}
