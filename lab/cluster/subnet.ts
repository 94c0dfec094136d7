import ipaddr from "ipaddr.js";

/** First usable address of an IPv4 network; in a service CIDR, the address of the Service `kubernetes`. */
export function firstAddress(cidr: string): string {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr))
    throw new Error(`${cidr} is not an IPv4 network such as 10.43.0.0/16`);
  const [, length] = ipaddr.IPv4.parseCIDR(cidr);
  if (length > 30) throw new Error(`${cidr} has no usable address: its prefix length must be 30 or less`);
  const [a, b, c, d = 0] = ipaddr.IPv4.networkAddressFromCIDR(cidr).octets;
  return [a, b, c, d + 1].join(".");
}
