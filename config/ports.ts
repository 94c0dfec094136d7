import { proxyPorts } from "./schema.ts";

/** The proxy port that an app asks for. */
export interface PortClaim {
  app: string;
  /** None where the user must name one and has not. */
  port: number | undefined;
  /** Whether it is the catalogue's port, rather than one that the user wrote. */
  fromCatalogue: boolean;
}

export interface PortProblem {
  app: string;
  message: string;
}

/**
 * What is wrong with the apps' proxy ports, each time with a port that is free instead. Ports are never handed out
 * here, only checked: an app whose port depended on its neighbours would move when one of them is removed.
 *
 * @param reserved ports of the whole catalogue, not suggested to others while any other port is free
 */
export function portProblems(claims: readonly PortClaim[], reserved: readonly number[]): PortProblem[] {
  const owners = new Map<number, PortClaim>();
  // The catalogue's ports first: in a clash the port to change is the one that was written by hand.
  for (const claim of [...claims].sort((a, b) => Number(b.fromCatalogue) - Number(a.fromCatalogue))) {
    if (claim.port !== undefined && !owners.has(claim.port)) owners.set(claim.port, claim);
  }

  const free = freePorts(new Set(owners.keys()), new Set(reserved));
  const problems: PortProblem[] = [];
  for (const { app, port } of claims) {
    const owner = port === undefined ? undefined : owners.get(port);
    if (owner?.app === app) continue;
    const found =
      owner === undefined
        ? "missing. An app outside the catalogue names its own port."
        : `${owner.port} is taken by ${owner.app}${owner.fromCatalogue ? ", whose port it is in the catalogue" : ""}.`;
    problems.push({ app, message: `${found} ${suggestion(free.shift())}` });
  }
  return problems;
}

/** Free ports, best first: from the top down, as the catalogue grows from the bottom up. */
function freePorts(taken: ReadonlySet<number>, reserved: ReadonlySet<number>): number[] {
  const count = proxyPorts.last - proxyPorts.first + 1;
  return Array.from({ length: count }, (_, index) => proxyPorts.last - index)
    .filter((port) => !taken.has(port))
    .sort((a, b) => Number(reserved.has(a)) - Number(reserved.has(b)));
}

function suggestion(port: number | undefined): string {
  const range = `${proxyPorts.first}-${proxyPorts.last}`;
  return port === undefined ? `No port of ${range} is free: remove an app.` : `Free, for example: ${port}.`;
}
