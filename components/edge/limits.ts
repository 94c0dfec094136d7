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

/** What one client, and Traefik as a whole, may take of an edge. */
export interface EdgeLimits {
  /**
   * TCP connections that one client may have open at ports 80 and 443; more are reset. A client is an IPv4 address, or
   * an IPv6 network of 64 bits. Connections of a trusted CDN are not counted: it makes them for many visitors.
   * @default 256
   */
  connections?: number;
  /**
   * Requests that may be in flight at once over one HTTP/2 connection; further ones wait in the client.
   * @default 100
   * @see https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/#http2-maxConcurrentStreams
   */
  streams?: number;
  /**
   * Hours that one request may take to arrive, body included: an upload that takes longer is cut.
   * @default 24
   * @see https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/#transport-respondingTimeouts-readTimeout
   */
  requestHours?: number;
  /**
   * Percent of the machine's memory that Traefik may use; the kernel ends it beyond that, and systemd starts it again.
   * @default 50
   * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html#MemoryMax=bytes
   */
  memoryPercent?: number;
}

/** The limits with the defaults for what is left out. */
export function edgeLimits(limits: EdgeLimits = {}): Required<EdgeLimits> {
  return {
    connections: limits.connections ?? defaultLimits.connections,
    streams: limits.streams ?? defaultLimits.streams,
    requestHours: limits.requestHours ?? defaultLimits.requestHours,
    memoryPercent: limits.memoryPercent ?? defaultLimits.memoryPercent,
  };
}
