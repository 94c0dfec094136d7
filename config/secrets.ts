import { isMap } from "../apps/values.ts";
import type { ConfigSource } from "./load.ts";
import { withNamespace } from "./problems.ts";
import type { Path } from "./problems.ts";
import type { Reader } from "./reader.ts";
import { providerSecrets, secretKeys } from "./schema.ts";
import { looksSecret } from "./secretText.ts";

/**
 * Secrets that anybody who sees the file can read, and values encrypted for nothing.
 *
 * @param readable the keys whose values the program reads and writes into its state
 */
export function checkSecrets(source: ConfigSource, readable: readonly string[], reader: Reader): void {
  for (const [key, encrypted] of Object.entries(source.encryption?.() ?? {})) {
    const own = secretKeys.find((name) => withNamespace(name) === key);
    if (!encrypted && (own !== undefined || providerSecrets.includes(key))) {
      reader.report([own ?? key], inPlainText(key));
    }
    const kept = readable.find((name) => withNamespace(name) === key);
    if (encrypted && kept !== undefined) reader.report([kept], encryptedForNothing);
  }
  for (const key of readable) findSecrets(source.get(key), [key], reader);
}

function findSecrets(value: unknown, path: Path, reader: Reader): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) findSecrets(item, [...path, index], reader);
  } else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) findSecrets(item, [...path, key], reader);
  } else if (typeof value === "string") {
    const kind = looksSecret(value);
    if (kind !== undefined) reader.report(path, misplaced(kind));
  }
}

function inPlainText(key: string): string {
  return (
    `a secret in plain text. Encrypt it with \`pulumi config set --secret ${key}\`, ` +
    "and take a new one if anybody else has seen the file."
  );
}

const encryptedForNothing =
  "encrypted, but this option ends readable in the state and on the hosts. Write it in plain text; a secret for an " +
  "app belongs in a Kubernetes Secret that its values refer to.";

function misplaced(kind: string): string {
  return (
    `looks like ${kind}, and all that stands here can be read in the file and in the state. Put it in a ` +
    "Kubernetes Secret that the values refer to, or in the option that asks for it."
  );
}
