/**
 * Every IPv4 address that Tailscale gives to a device: https://tailscale.com/kb/1015/100.x-addresses. Elsewhere than on
 * its interface, a provider may use the same range.
 */
export const tailnetRange = "100.64.0.0/10";

/** Where each device of a tailnet asks for names: https://tailscale.com/kb/1381/what-is-quad100 */
export const tailscaleDns = { ipv4: "100.100.100.100", ipv6: "fd7a:115c:a1e0::53" } as const;

/** https://www.rfc-editor.org/rfc/rfc1918 */
export const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] as const;

/** https://www.rfc-editor.org/rfc/rfc4193 */
export const uniqueLocal = "fc00::/7";
