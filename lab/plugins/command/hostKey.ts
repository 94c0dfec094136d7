import { timingSafeEqual } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";

/** A host key that has to be met. */
export interface PinnedKey {
  /** Signature algorithms to offer: those of this key's type alone, so that the host shows this key. */
  algorithms: ServerHostKeyAlgorithm[];
  matches(key: Buffer): boolean;
}

const algorithmsOfType: Readonly<Record<string, ServerHostKeyAlgorithm[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
};

/** Reads `ssh-ed25519 AAAA… comment`, the form of sshd(8)'s authorized_keys and of `/etc/ssh/*.pub`. */
export function parseHostKey(line: string): PinnedKey {
  const [type = "", encoded = ""] = line.trim().split(/\s+/);
  const algorithms = algorithmsOfType[type];
  const key = Buffer.from(encoded, "base64");
  // The key repeats its type, as a string with its length before it.
  const named = key.length > 4 && key.subarray(4, 4 + key.readUInt32BE(0)).toString() === type;
  if (!algorithms || !named) throw new Error("failed to parse host key: ssh: no key found");
  return { algorithms, matches: (shown) => shown.length === key.length && timingSafeEqual(shown, key) };
}
