import type { ConfigSource } from "../source.ts";
import { didYouMean } from "../schema/didYouMean.ts";
import type { Reader } from "../schema/reader.ts";
import { writtenHosts } from "./writtenHosts.ts";

/** The secret with a private key per host, by the host's name. */
export const privateKeysSecret = "sshPrivateKeys";

function hostNames(source: ConfigSource): string[] {
  return writtenHosts(source).flatMap(({ host: { name } }) => (typeof name === "string" ? [name] : []));
}

/** Whether every host has a separate key, so that no common key is needed. */
export function everyHostHasPrivateKey(source: ConfigSource): boolean {
  const keys = source.namesIn?.(privateKeysSecret);
  const names = hostNames(source);
  return keys !== undefined && names.length > 0 && names.every((name) => keys.includes(name));
}

/** A private key under an unknown name would never be used: its host would get the common key. */
export function checkPrivateKeys(source: ConfigSource, reader: Reader): void {
  const names = hostNames(source);
  for (const key of source.namesIn?.(privateKeysSecret) ?? []) {
    if (names.includes(key)) continue;
    const meant = didYouMean(key, names);
    const fix = meant ? `Did you mean ${meant}?` : `The hosts are: ${names.join(", ")}.`;
    reader.reportKey([privateKeysSecret, key], `no host has this name. ${fix}`);
  }
}
