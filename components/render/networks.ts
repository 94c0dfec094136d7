/**
 * Every IPv4 address that Tailscale gives to a device: https://tailscale.com/kb/1015/100.x-addresses. Elsewhere than on
 * its interface, a provider may use the same range.
 */
export const tailnetRange = "100.64.0.0/10";
