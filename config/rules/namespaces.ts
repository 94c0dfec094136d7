import type { ConfigSource } from "../source.ts";
import { didYouMean } from "../schema/didYouMean.ts";
import { namespace } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";
import { providerSecrets } from "../schema/platform.ts";

/** The namespaces of the program and of the providers that it makes resources with. */
const known: readonly string[] = [
  ...new Set([namespace, ...providerSecrets.map((key) => key.split(":", 1)[0] ?? "")]),
];

/**
 * A slip in a namespace leaves the value to a program or provider that does not exist, without a word. Namespaces
 * that resemble none of ours may be those of providers that somebody has added.
 */
export function checkNamespaceNames(source: ConfigSource, reader: Reader): void {
  for (const key of Object.keys(source.encryption?.() ?? {})) {
    const message = unknownNamespace(key);
    if (message !== undefined) reader.reportKey([key], message);
  }
}

/** What to say of a key whose namespace is probably a slip of one of ours; `undefined` for any other. */
export function unknownNamespace(key: string): string | undefined {
  const [written = "", ...name] = key.split(":");
  if (known.includes(written)) return undefined;
  const meant = didYouMean(written, known);
  return meant && `unknown namespace. Did you mean ${[meant, ...name].join(":")}?`;
}
