import isPlainObject from "is-plain-obj";
import { valueAt } from "../../apps/values.ts";
import { reportDuplicates } from "./duplicates.ts";
import type { Claim } from "./duplicates.ts";
import type { Entry } from "./entry.ts";
import { portProblems } from "./ports.ts";
import type { PortClaim, Reservation } from "./ports.ts";
import type { Reader } from "../schema/reader.ts";
import { proxyPorts } from "../schema/app.ts";

/*
 * These checks read the raw config rather than validated values, so a clash is reported even if one of the apps has
 * other problems.
 */

export function checkSubdomains(entries: readonly Entry[], reader: Reader): void {
  const claims = entries.flatMap(({ name, path, written }): Claim[] => {
    const subdomains = option(written, "subdomain") ?? name;
    if (!Array.isArray(subdomains)) return [{ path: [...path, "subdomain"], value: subdomains }];
    return subdomains.map((value: unknown, index) => ({ path: [...path, "subdomain", index], value }));
  });
  reportDuplicates(reader, claims, "Give each app a subdomain of its own.");
}

export function checkPorts(
  entries: readonly Entry[],
  reservations: readonly Reservation[],
  reader: Reader,
): void {
  const claims = entries.map(portClaim).filter((claim) => claim !== undefined);
  for (const { app, message } of portProblems(claims, reservations))
    reader.report(["apps", app, "proxyPort"], message);
}

/** A namespace with a release belongs to that app: it is removed with the app once it is empty. */
export function checkNamespaces(entries: readonly Entry[], reader: Reader): void {
  const claims = entries.map(({ name, path, written, definition }) => {
    const installed = option(written, "chart") ?? (option(written, "service") ? undefined : definition);
    const claim = {
      path: [...path, "service", "namespace"],
      value: option(written, "service", "namespace") ?? name,
    };
    return installed === undefined ? { ...claim, value: undefined } : claim;
  });
  reportDuplicates(reader, claims, "Install each app in a namespace of its own.");
}

function portClaim({ name, written, definition }: Entry): PortClaim | undefined {
  if (option(written, "proxy") === false) return undefined;
  const port = option(written, "proxyPort");
  if (port === undefined) {
    // An entry that is no app yet may be a misspelt catalogue name, so no port is required.
    const known = definition ?? option(written, "service") ?? option(written, "chart") ?? null;
    return known === null ? undefined : { app: name, port: definition?.proxyPort };
  }
  // The schema reports these already.
  if (typeof port !== "number" || port < proxyPorts.first || port > proxyPorts.last) return undefined;
  return { app: name, port };
}

function option(written: unknown, ...path: string[]): unknown {
  return isPlainObject(written) ? valueAt(written, path) : undefined;
}
