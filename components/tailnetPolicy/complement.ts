import ipaddr from "ipaddr.js";

/**
 * The networks that cover a network except some addresses, in order. Addresses outside it, or of the other family, have
 * no effect.
 *
 * @param network such as `100.64.0.0/10`
 */
export function networkWithout(network: string, addresses: readonly string[]): string[] {
  const [first, bits] = ipaddr.parseCIDR(network);
  const width = first.kind() === "ipv4" ? 32 : 128;
  const excluded = addresses
    .map((address) => ipaddr.parse(address))
    .filter((address) => address.kind() === first.kind())
    .map(toNumber);
  const split = (start: bigint, length: number): string[] => {
    const size = 1n << BigInt(width - length);
    if (!excluded.some((address) => address >= start && address < start + size))
      return [`${toText(start, width)}/${length}`];
    if (length === width) return [];
    return [...split(start, length + 1), ...split(start + size / 2n, length + 1)];
  };
  return split(toNumber(first), bits);
}

/**
 * The addresses that `networkWithout` excluded from a network; `undefined` if these networks are not its result.
 *
 * @param networks in any order; others are ignored
 */
export function addressesWithout(network: string, networks: readonly string[]): string[] | undefined {
  const [first, bits] = ipaddr.parseCIDR(network);
  const width = first.kind() === "ipv4" ? 32 : 128;
  const listed = new Set(networks);
  const starts = networks.filter((one) => ipaddr.isValidCIDR(one)).map((one) => ipaddr.parseCIDR(one)[0]);
  const numbers = starts.filter((start) => start.kind() === first.kind()).map(toNumber);
  const found: string[] = [];
  const search = (start: bigint, length: number): boolean => {
    const text = toText(start, width);
    if (listed.has(`${text}/${length}`)) return true;
    if (length === width) return found.push(text) > 0;
    const size = 1n << BigInt(width - length);
    // `networkWithout` excludes only single addresses, so its result covers part of every large network.
    const isEmpty = !numbers.some((number) => number >= start && number < start + size);
    if (isEmpty && size > 16n) return false;
    return search(start, length + 1) && search(start + size / 2n, length + 1);
  };
  return search(toNumber(first), bits) ? found : undefined;
}

function toNumber(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return address.toByteArray().reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

function toText(number: bigint, width: number): string {
  const bytes = Array.from({ length: width / 8 }, (_, index) =>
    Number((number >> BigInt(width - 8 * (index + 1))) & 255n),
  );
  return ipaddr.fromByteArray(bytes).toString();
}
