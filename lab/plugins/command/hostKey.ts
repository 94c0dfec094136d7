import { timingSafeEqual } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";

/** A pinned host key. */
export interface PinnedKey {
  /**
   * The only signature algorithm to offer: the one with the name of the key's type. For `ssh-rsa` that is the one with
   * SHA-1, which OpenSSH has not offered since 8.8.
   */
  algorithms: ServerHostKeyAlgorithm[];
  matches(key: Buffer): boolean;
}

const keyTypes: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ssh-rsa",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
];

/** Reads `ssh-ed25519 AAAA… comment`, the format of sshd(8)'s authorized_keys and of `/etc/ssh/*.pub`. */
export function parseHostKey(line: string): PinnedKey {
  const [type = "", encoded = ""] = line.trim().split(/\s+/);
  const algorithm = keyTypes.find((keyType) => keyType === type);
  const key = Buffer.from(encoded, "base64");
  // The key repeats its type, as a string with its length before it.
  const named = key.length > 4 && key.subarray(4, 4 + key.readUInt32BE(0)).toString() === type;
  if (!algorithm || !named) throw new Error("failed to parse host key: ssh: no key found");
  return {
    algorithms: [algorithm],
    matches: (shown) => shown.length === key.length && timingSafeEqual(shown, key),
  };
}
