import ipaddr from "ipaddr.js";
import { BlockList, isIP, isIPv4 } from "node:net";
import { domainToASCII } from "node:url";

/**
 * One label of a DNS name, in lowercase: what Kubernetes calls an RFC 1123 label.
 * See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function isDnsLabel(text: string): boolean {
  return dnsLabel.test(text);
}

/** A DNS name of two labels or more, in lowercase and without the final dot. */
export function isDomain(text: string): boolean {
  const labels = text.split(".");
  // A last label of digits would make it an address.
  return (
    text.length <= 253 && labels.length > 1 && labels.every(isDnsLabel) && !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

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
  const [local, domain, ...rest] = text.split("@");
  return (
    rest.length === 0 &&
    // The characters of an atom: https://www.rfc-editor.org/rfc/rfc5322#section-3.2.3
    /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/.test(local ?? "") &&
    isDomain(domain?.toLowerCase() ?? "")
  );
}

/** The range that Tailscale gives its hosts' IPv4 addresses from: https://tailscale.com/kb/1015/100.x-addresses */
const tailnet = blockList(["100.64.0.0", 10]);

/** Ranges that no client on the internet can reach: https://www.iana.org/assignments/iana-ipv4-special-registry */
const unreachable = blockList(
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["224.0.0.0", 3],
);

export function isTailnetAddress(text: string): boolean {
  return isIPv4(text) && tailnet.check(text);
}

/** A network of tailnet addresses, or one of them. */
export function isTailnetNetwork(text: string): boolean {
  const [address = "", bits = "32"] = text.split("/");
  return isTailnetAddress(address) && Number(bits) >= 10 && isAddressOrNetwork(text);
}

/** An IPv4 address that a DNS record may send visitors to. Ranges reserved for documentation count: labs use them. */
export function isPublicAddress(text: string): boolean {
  return isIPv4(text) && !unreachable.check(text);
}

/** An IPv4 or IPv6 address, or a network as `address/bits` with nothing behind its bits. */
export function isAddressOrNetwork(text: string): boolean {
  return isIP(text) !== 0 || networkOf(text) === text;
}

export function isIpv4Network(text: string): boolean {
  return networkOf(text) === text && isIPv4(text.split("/")[0] ?? "");
}

/** https://www.rfc-editor.org/rfc/rfc1918 */
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((text) =>
  ipaddr.IPv4.parseCIDR(text),
);

/** Letters that an interface's name of Linux can have in the text of a firewall; 15 at most, and one before a `*`. */
export const interfaceName = /^[A-Za-z0-9_.-]{1,15}\*?$/;

export function isInterfaceName(text: string): boolean {
  return interfaceName.test(text);
}

/**
 * A network that a cluster's pods or Services may have. Proxies connect to it and the control plane's firewall lets it
 * in: so it holds neither addresses of the internet nor the tailnet's.
 */
export function isClusterNetwork(text: string): boolean {
  if (!isIpv4Network(text)) return false;
  const [address, bits] = ipaddr.IPv4.parseCIDR(text);
  return privateNetworks.some(([network, prefix]) => bits >= prefix && address.match(network, prefix));
}

/**
 * An address that a cluster's DNS may have: of a Service, or a link-local one of a cache on the node. See
 * https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
 */
export function isClusterAddress(text: string): boolean {
  return isIPv4(text) && (isClusterNetwork(`${text}/32`) || text.startsWith("169.254."));
}

/** The network that somebody probably meant: 10.1.2.3/8 is in `10.0.0.0/8`, 2001:db8::1/32 in `2001:db8::/32`. */
export function toNetwork(text: string): string {
  return networkOf(text.trim()) ?? text;
}

/** The network that an address with a prefix lies in; `undefined` if it is no such thing. */
function networkOf(text: string): string | undefined {
  const [address = "", bits = "", ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(bits)) return undefined;
  if (Number(bits) > (family === 4 ? 32 : 128)) return undefined;
  const network = (family === 4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(text);
  return `${network.toString()}/${bits}`;
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

function blockList(...ranges: [network: string, prefix: number][]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix);
  return list;
}
