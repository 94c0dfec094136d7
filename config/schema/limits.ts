/** What one client may take of an edge, and Traefik of its machine, where nobody says otherwise. */
export const defaultLimits = {
  /** Open TCP connections of one client. */
  connections: 256,
  /** Requests in flight over one HTTP/2 connection. */
  streams: 100,
  /** Hours for one request to arrive. */
  requestHours: 24,
  /** Percent of the machine's memory for Traefik. */
  memoryPercent: 50,
} as const;

/** What each of them may be, both ends included. */
export const limitRanges = {
  connections: [8, 1_000_000],
  streams: [1, 10_000],
  requestHours: [1, 8760],
  memoryPercent: [10, 100],
} as const;

/**
 * Requests of one client that an app has in flight at an edge, where nobody says otherwise. A browser has up to 100,
 * over one connection. The app's proxy takes 256 connections: what one client cannot take is for the others.
 */
export const defaultRequestsInFlight = 192;
