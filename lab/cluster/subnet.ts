/** First usable address of an IPv4 network: that of the Service `kubernetes` in a service CIDR. */
export function firstAddress(cidr: string): string {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!match) throw new Error(`${cidr} is no IPv4 network: write it like 10.43.0.0/16`);
  const [a = 0, b = 0, c = 0, d = 0, length = 0] = match.slice(1).map(Number);
  if (length > 30 || [a, b, c, d].some((octet) => octet > 255))
    throw new Error(`${cidr} has no usable address: octets go to 255, the length to 30`);
  const address = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
  const first = ((address & mask) >>> 0) + 1;
  return [first >>> 24, (first >>> 16) & 255, (first >>> 8) & 255, first & 255].join(".");
}
