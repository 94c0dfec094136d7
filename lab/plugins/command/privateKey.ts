import type { Endpoint } from "./connection.ts";

/** Throws if a private key is unusable, in the wording of the official plugin's library. */
export async function checkPrivateKey({ privateKey, privateKeyPassword }: Endpoint): Promise<void> {
  if (privateKey === undefined) return;
  // Loaded when first needed: most previews run no command.
  const { default: ssh } = await import("ssh2");
  const parsed = ssh.utils.parseKey(privateKey, privateKeyPassword);
  if (!(parsed instanceof Error)) return;
  if (/no passphrase given/.test(parsed.message)) {
    throw new Error("ssh: this private key is passphrase protected");
  }
  if (/passphrase|decrypt/i.test(parsed.message)) throw new Error("x509: decryption password incorrect");
  throw new Error("ssh: no key found");
}
