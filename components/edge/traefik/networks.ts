import { shellCommand } from "../../host/quote.ts";
import { privateNetworks, tailnetRange, tailscaleDns, uniqueLocal } from "../../inputs/networks.ts";

/**
 * Networks that Traefik has no use for: the machine's own services, the provider's metadata service (169.254.169.254),
 * private networks and the tailnet. An intruder in Traefik gets no further from there.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html#IPAddressAllow=ADDRESS%5B/PREFIXLENGTH%5D%E2%80%A6
 */
export const deniedNetworks = [
  ...["localhost", "link-local", "multicast"],
  ...privateNetworks,
  uniqueLocal,
  tailnetRange,
];

/** Resolvers that a host may start to use later: systemd-resolved's and Tailscale's. */
const usualResolvers = ["127.0.0.53", "127.0.0.54", tailscaleDns.ipv4];

/** Exceptions within the denied networks. */
export interface AllowedNetworks {
  /** IPv4 addresses of routes' backends. @default the whole tailnet */
  upstreams?: string[];
  /** The certificate authority's host name, if it may have a private address. @default none */
  authority?: string;
}

/**
 * Shell text that sets `networks` to the exceptions, on one line. They include the system's resolvers, since some
 * providers have theirs in a private network.
 */
export function readAllowedNetworks({ upstreams = [tailnetRange], authority }: AllowedNetworks): string {
  const names = authority === undefined ? ":" : `getent ahosts ${shellCommand(authority)} || true`;
  return `
networks=$({
  printf '%s\\n' ${shellCommand(...upstreams, ...usualResolvers)}
  sed -n 's/^nameserver[[:space:]][[:space:]]*\\([0-9a-fA-F.:]*\\).*/\\1/p' /etc/resolv.conf 2>/dev/null || true
  { ${names}; } | sed -n 's/^\\([0-9a-fA-F.:]*\\)[[:space:]].*/\\1/p'
} | awk 'NF && !seen[$0]++' | paste -sd ' ')`.trim();
}
