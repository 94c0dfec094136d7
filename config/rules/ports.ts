import { proxyPorts } from "../schema/app.ts";

/** The proxy port that an app asks for. */
export interface PortClaim {
  app: string;
  /** None where the user must name one and has not. */
  port: number | undefined;
}

export interface PortProblem {
  app: string;
  message: string;
}

/** A port that only one may have, whether it is in use or not. */
export interface Reservation {
  port: number;
  /** In words: "immich of the catalogue". */
  owner: string;
  /** The app that may have it; nobody where it is left out. */
  app?: string;
}

/**
 * What is wrong with the apps' proxy ports, each time with a port that is free instead. Ports are never handed out
 * here, only checked: an app whose port depended on its neighbours would move when one of them is removed. For the
 * same reason the catalogue's ports are kept free: an app that comes later finds its own.
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

/** Who has the port for good, if that is somebody else. */
function reservedBefore(
  app: string,
  port: number,
  reservations: readonly Reservation[],
): Reservation | undefined {
  return reservations.find((one) => one.port === port && one.app !== app);
}

/** Free ports from the top down, as the catalogue grows from the bottom up. */
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
