import { domainToASCII } from "node:url";
import { isHostName } from "../../components/inputs/dnsName.ts";
import { networkOf } from "../../components/inputs/networks.ts";

/** Whether this machine's time zone data has the name, in the spelling of Linux. */
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

/** The probably intended network: `10.0.0.0/8` for 10.1.2.3/8, `2001:db8::/32` for 2001:db8::1/32. */
export function toNetwork(text: string): string {
  return networkOf(text.trim()) ?? text;
}

/**
 * An Ed25519 public key as `ssh-keyscan` prints it, without host and comment. The full length is required (51 bytes, of
 * which the first 19 are constant), since a truncated key would fail only at the first connection.
 */
export const hostKey = /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/;

export function isHttpsUrl(text: string): boolean {
  return /^https:\/\/[^/]/.test(text) && isUrl(text);
}

/** For content with a checksum, where the transport does not matter. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\/[^/]/.test(text) && isUrl(text);
}

/**
 * Only with the characters of RFC 3986: `URL` itself drops line breaks and encodes blanks. A user part is refused: it
 * is a secret in plain text, or disguises the host (https://github.com@example.com is a URL of example.com).
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
 * The probably intended DNS label: `my-photos` for "My Photos", `photos` for "photos.example.com", and `xn--bcher-kva`
 * for "bücher".
 */
export function toDnsLabel(text: string): string {
  const [first = ""] = toAscii(text.toLowerCase()).split(".");
  return first
    .replace(/[^a-z0-9-]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
}

/** The probably intended domain: in lower case and ASCII, without scheme, path and final dot. */
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

/** A non-ASCII name in punycode; invalid text is returned as it is. */
function toAscii(name: string): string {
  return /^[\p{L}\p{M}\p{N}.-]+$/u.test(name) ? domainToASCII(name) || name : name;
}

/** The key in a line of `ssh-keyscan`, or of a `.pub` file with its comment. */
export function toHostKey(text: string): string {
  return /ssh-ed25519 [A-Za-z0-9+/]+/.exec(text)?.[0] ?? text;
}
