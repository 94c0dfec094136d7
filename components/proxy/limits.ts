/**
 * How many connections a proxy holds at once. One client cannot use up all of them. A connection beyond is refused, so
 * that Traefik answers 502 at once instead of keeping a visitor waiting.
 */
export const proxyLimits = {
  /** From one address: an edge comes with the requests of all its visitors. */
  perSource: 256,
  /** From all together. */
  total: 320,
} as const;
