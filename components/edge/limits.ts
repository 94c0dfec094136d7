/** Default limits of one client, and of Traefik on its machine. */
export const defaultLimits = {
  /** Open TCP connections of one client. */
  connections: 256,
  /** Requests in flight over one HTTP/2 connection. */
  streams: 100,
  /** Hours that one request may take to arrive. */
  requestHours: 24,
  /** Percent of the machine's memory for Traefik. */
  memoryPercent: 50,
} as const;

/** The allowed range of each limit, both ends included. */
export const limitRanges = {
  connections: [8, 1_000_000],
  streams: [1, 10_000],
  requestHours: [1, 8760],
  memoryPercent: [10, 100],
} as const;

/** Resource limits of one client, and of Traefik as a whole. */
export interface EdgeLimits {
  /**
   * TCP connections that one client may have open at ports 80 and 443; further ones are reset. A client is an IPv4
   * address or an IPv6 /64 network. Connections of a trusted CDN are not counted, since they serve many visitors.
   * @default 256
   */
  connections?: number;
  /**
   * Requests that may be in flight over one HTTP/2 connection; further ones wait in the client.
   * @default 100
   * @see https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/#http2-maxConcurrentStreams
   */
  streams?: number;
  /**
   * Hours that one request may take to arrive, body included; a longer upload is cut off.
   * @default 24
   * @see https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/#transport-respondingTimeouts-readTimeout
   */
  requestHours?: number;
  /**
   * Percent of the machine's memory that Traefik may use. Beyond it the kernel kills Traefik, and systemd restarts it.
   * @default 50
   * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html#MemoryMax=bytes
   */
  memoryPercent?: number;
}

/** The limits, with defaults for those left out. */
export function edgeLimits(limits: EdgeLimits = {}): Required<EdgeLimits> {
  return {
    connections: limits.connections ?? defaultLimits.connections,
    streams: limits.streams ?? defaultLimits.streams,
    requestHours: limits.requestHours ?? defaultLimits.requestHours,
    memoryPercent: limits.memoryPercent ?? defaultLimits.memoryPercent,
  };
}
