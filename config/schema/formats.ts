import { domainToASCII } from "node:url";
import { isHostName } from "../../components/inputs/dnsName.ts";
import { networkOf } from "../../components/inputs/networks.ts";

/** A name that this machine's time zone data knows, in the spelling in which Linux looks it up. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*)*$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

export function isEmail(text: string): boolean {
  const [local = "", domain = "", ...rest] = text.split("@");
  return (
    rest.length === 0 &&
    // The characters of an atom: https://www.rfc-editor.org/rfc/rfc5322#section-3.2.3
    /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/.test(local) &&
    isHostName(domain.toLowerCase())
  );
}

/** The network that somebody probably meant: 10.1.2.3/8 is in `10.0.0.0/8`, 2001:db8::1/32 in `2001:db8::/32`. */
export function toNetwork(text: string): string {
  return networkOf(text.trim()) ?? text;
}

/**
 * An Ed25519 public key as `ssh-keyscan` prints it, without host and comment. The whole length is asked for
 * (51 bytes, the first 19 always the same), since a key cut off in copying would fail only at the first connection.
 */
export const hostKey = /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/;

export function isHttpsUrl(text: string): boolean {
  return /^https:\/\/[^/]/.test(text) && isUrl(text);
}

/** For what a checksum vouches for, so that the way it comes does not matter. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\/[^/]/.test(text) && isUrl(text);
}

/**
 * With the characters that RFC 3986 has for a URL: `URL` itself drops line breaks and encodes blanks. Without a user,
 * who would be a secret in plain text, or disguise the host: https://github.com@example.com leads to example.com.
 */
function isUrl(text: string): boolean {
  if (!/^[\w.~:/?#[\]@!$&'()*+,;=%-]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

export function isPem(text: string): boolean {
  return /^-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/.test(
    text.trimStart(),
  );
}

/**
 * The DNS label that somebody probably meant: "My Photos" is `my-photos`, "photos.example.com" is `photos`, and "bücher"
 * is `xn--bcher-kva`.
 */
export function toDnsLabel(text: string): string {
  const [first = ""] = toAscii(text.toLowerCase()).split(".");
  return first
    .replace(/[^a-z0-9-]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
}

/** The domain that somebody probably meant: without scheme, path, final dot and capitals, and in ASCII. */
export function toDomain(text: string): string {
  return toAscii(
    text
      .trim()
      .toLowerCase()
      .replace(/^[a-z]+:\/\//, "")
      .replace(/[/?#].*$/, "")
      .replace(/\.$/, ""),
  );
}

/** A name beyond ASCII as DNS has it (punycode); what is no name stays as it is. */
function toAscii(name: string): string {
  return /^[\p{L}\p{M}\p{N}.-]+$/u.test(name) ? domainToASCII(name) || name : name;
}

/** The key within a line of `ssh-keyscan`, or of a `.pub` file with its comment. */
export function toHostKey(text: string): string {
  return /ssh-ed25519 [A-Za-z0-9+/]+/.exec(text)?.[0] ?? text;
}
