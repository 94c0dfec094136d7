import { didYouMean } from "../schema/didYouMean.ts";
import { unknownOption } from "../schema/fields.ts";
import { keys } from "../schema/platform.ts";
import { providerSecrets, secretKeys } from "../schema/secrets.ts";
import { namespace } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";
import type { ConfigSource } from "../source.ts";

/** The keys below `mynodeone:` that are stored in plain text. */
export const plainKeys: readonly string[] = [...Object.keys(keys), "apps"];

const knownKeys: readonly string[] = [...plainKeys, ...secretKeys];

/** The namespaces of the program and of its providers. */
const knownNamespaces: readonly string[] = [
  ...new Set([namespace, ...providerSecrets.map((key) => key.slice(0, key.indexOf(":")))]),
];

/** Reports keys that nothing reads. */
export function checkKeys(source: ConfigSource, reader: Reader): void {
  for (const key of source.keys?.() ?? []) {
    if (!knownKeys.includes(key)) reader.reportKey([key], unknownOption(key, knownKeys));
  }
  for (const key of Object.keys(source.encryption?.() ?? {})) {
    const message = unknownNamespace(key);
    if (message !== undefined) reader.reportKey([key], message);
  }
}

/**
 * The message about a key whose namespace is probably a misspelling of ours: the value would silently go to a program
 * or provider that does not exist. `undefined` for any other key, which may belong to an added provider.
 */
export function unknownNamespace(key: string): string | undefined {
  const [written = "", ...name] = key.split(":");
  if (knownNamespaces.includes(written)) return undefined;
  const meant = didYouMean(written, knownNamespaces);
  return meant && `unknown namespace. Did you mean ${[meant, ...name].join(":")}?`;
}
