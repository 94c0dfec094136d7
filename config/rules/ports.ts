import { proxyPorts } from "../schema/app.ts";

/** The proxy port of an app. */
export interface PortClaim {
  app: string;
  /** Undefined if the user must set one and has not. */
  port: number | undefined;
}

export interface PortProblem {
  app: string;
  message: string;
}

/** A port reserved for one owner, in use or not. */
export interface Reservation {
  port: number;
  /** For messages: "immich of the catalogue". */
  owner: string;
  /** The app that may use it. @default nobody */
  app?: string;
}

/**
 * Problems of the apps' proxy ports, each with a free port. Ports are only checked here, never assigned: removing an
 * app must not move its neighbours' ports. For the same reason the catalogue's ports stay reserved for apps added
 * later.
 */
export function portProblems(
  claims: readonly PortClaim[],
  reservations: readonly Reservation[],
): PortProblem[] {
  const owners = new Map<number, string>();
  for (const { port, app } of claims) {
    if (port === undefined || owners.has(port) || reservedBefore(app, port, reservations)) continue;
    owners.set(port, app);
  }
  const free = freePorts([...owners.keys(), ...reservations.map(({ port }) => port)]);
  const problems: PortProblem[] = [];
  for (const { app, port } of claims) {
    const found = whatIsWrong(app, port, owners, reservations);
    if (found !== undefined) problems.push({ app, message: `${found} ${suggestion(free.shift())}` });
  }
  return problems;
}

function whatIsWrong(
  app: string,
  port: number | undefined,
  owners: ReadonlyMap<number, string>,
  reservations: readonly Reservation[],
): string | undefined {
  if (port === undefined) return "missing. An app outside the catalogue needs a port of its own.";
  const reserved = reservedBefore(app, port, reservations);
  if (reserved !== undefined) return `${port} is reserved for ${reserved.owner}.`;
  const owner = owners.get(port);
  return owner === app ? undefined : `${port} is taken by ${owner}.`;
}

/** The permanent owner of a port, if it is not this app. */
function reservedBefore(
  app: string,
  port: number,
  reservations: readonly Reservation[],
): Reservation | undefined {
  return reservations.find((one) => one.port === port && one.app !== app);
}

/** Free ports in descending order, since the catalogue grows upwards. */
function freePorts(taken: readonly number[]): number[] {
  const count = proxyPorts.last - proxyPorts.first + 1;
  return Array.from({ length: count }, (_, index) => proxyPorts.last - index).filter(
    (port) => !taken.includes(port),
  );
}

function suggestion(port: number | undefined): string {
  const range = `${proxyPorts.first}-${proxyPorts.last}`;
  return port === undefined ? `No port of ${range} is free: remove an app.` : `Free, for example: ${port}.`;
}
