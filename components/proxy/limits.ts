/**
 * Limits of a proxy's concurrent connections; one client cannot use all of them. Further connections are refused, so
 * that Traefik answers 502 at once instead of making a visitor wait.
 */
export const proxyLimits = {
  /** From one address; an edge sends the requests of all its visitors. */
  perSource: 256,
  /** From all addresses together. */
  total: 320,
} as const;
