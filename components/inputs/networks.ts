import ipaddr from "ipaddr.js";
import { isIP, isIPv4 } from "node:net";

/**
 * All IPv4 addresses of Tailscale's devices: https://tailscale.com/kb/1015/100.x-addresses. Providers may use the same
 * range on other interfaces.
 */
export const tailnetRange = "100.64.0.0/10";

/** DNS resolver of each device in a tailnet: https://tailscale.com/kb/1381/what-is-quad100 */
export const tailscaleDns = { ipv4: "100.100.100.100", ipv6: "fd7a:115c:a1e0::53" } as const;

/** https://www.rfc-editor.org/rfc/rfc1918 */
export const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] as const;

/** The private networks in a message. */
export const privateNetworksListed = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(
  privateNetworks,
);

/** https://www.rfc-editor.org/rfc/rfc4193 */
export const uniqueLocal = "fc00::/7";

/** k3s's default network of pods: https://docs.k3s.io/networking/basic-network-options */
export const k3sPods = "10.42.0.0/16";

/** k3s's default networks of pods and Services. */
export const k3sNetworks = [k3sPods, "10.43.0.0/16"];

/** Ranges that no client on the internet can reach: https://www.iana.org/assignments/iana-ipv4-special-registry */
const unreachable = [
  ...["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"],
  ...[tailnetRange, ...privateNetworks],
];

/** Whether an address or network lies in one of these networks; single addresses count as networks, too. */
export function liesInAny(text: string, networks: readonly string[]): boolean {
  const [address, bits] = parse(text);
  return networks.some((network) => {
    const [base, prefix] = parse(network);
    return base.kind() === address.kind() && bits >= prefix && address.match([base, prefix]);
  });
}

/** The family of a valid address or network. */
export function familyOf(text: string): "ipv4" | "ipv6" {
  return parse(text)[0].kind();
}

/** The address of a network `address/bits`, or a single address, as written. */
export function networkAddress(text: string): string {
  return text.replace(/\/.*$/, "");
}

function parse(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (text.includes("/")) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** The network of an address with a prefix: `10.0.0.0/8` for `10.1.2.3/8`; `undefined` for invalid text. */
export function networkOf(text: string): string | undefined {
  // ipaddr.js alone also accepts octal numbers and leading zeros.
  const [, address, bits] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  if (address === undefined || bits === undefined || isIP(address) === 0) return undefined;
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const network = (isIPv4(address) ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(text);
  return `${network.toString()}/${bits}`;
}

/** An IPv4 or IPv6 address, or a network `address/bits` without host bits. */
export function isAddressOrNetwork(text: string): boolean {
  return isIP(text) !== 0 || networkOf(text) === text;
}

/** An IPv4 network `address/bits` without host bits. */
export function isIpv4Network(text: string): boolean {
  return networkOf(text) === text && isIPv4(networkAddress(text));
}

/** An IPv4 address of a device in a tailnet. */
export function isTailnetAddress(text: string): boolean {
  return isIPv4(text) && liesInAny(text, [tailnetRange]);
}

/** A network of tailnet addresses, or a single one. */
export function isTailnetNetwork(text: string): boolean {
  return (isIPv4(text) || isIpv4Network(text)) && liesInAny(text, [tailnetRange]);
}

/** A valid IPv4 target of a public DNS record. Ranges reserved for documentation are accepted, for labs. */
export function isPublicAddress(text: string): boolean {
  return isIPv4(text) && !liesInAny(text, unreachable);
}

/**
 * A valid network of a cluster's pods or Services. Proxies connect to it and the control plane's firewall allows it, so
 * it contains no public and no tailnet addresses.
 */
export function isClusterNetwork(text: string): boolean {
  return isIpv4Network(text) && liesInAny(text, privateNetworks);
}

/**
 * A valid address of a cluster's DNS: of a Service, or the link-local one of a node's cache. See
 * https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
 */
export function isClusterAddress(text: string): boolean {
  return isIPv4(text) && liesInAny(text, [...privateNetworks, "169.254.0.0/16"]);
}
