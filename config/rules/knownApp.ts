import type { AppDefinition, Catalogue } from "../../apps/definition.ts";
import { appUsuallyAt, installedApp, isSameService } from "../../apps/identify.ts";
import type { ServiceName } from "../../apps/identify.ts";
import type { AppOptions } from "../schema/app.ts";
import type { Entry } from "./entry.ts";

/** An entry, and the app of the catalogue that it is, by whatever key. */
export interface KnownEntry extends Entry {
  known: AppDefinition | undefined;
  /** Whether it says that the app has its administrator, or the entry says so that installs the app. */
  adminClaimed: boolean;
}

/** An entry of which an app may be made: its name is valid, and each option with a problem is left out. */
export type UsableEntry = KnownEntry & { options: AppOptions };

export function isUsable(entry: KnownEntry): entry is UsableEntry {
  return entry.options !== undefined;
}

/**
 * The entries, each with the app of the catalogue that visitors reach by it, whatever it is called: what has to be true
 * of the app goes with its Service. The app is known by its key, by its chart or image, or by the Service, which another
 * entry may have installed.
 */
export function withKnownApps(entries: readonly Entry[], catalogue: Catalogue): KnownEntry[] {
  return entries.map((entry) => ({ ...entry, ...knownApp(entry, entries, catalogue) }));
}

function knownApp(
  entry: Entry,
  entries: readonly Entry[],
  catalogue: Catalogue,
): Pick<KnownEntry, "known" | "adminClaimed"> {
  const { service, adminClaimed = false } = entry.options ?? {};
  const own = installedBy(entry, catalogue);
  if (own !== undefined || service === undefined) return { known: own, adminClaimed };
  const installer = installerOf(service, entry, entries);
  return {
    known: (installer && installedBy(installer, catalogue)) ?? appUsuallyAt(service, catalogue),
    adminClaimed: adminClaimed || installer?.options?.adminClaimed === true,
  };
}

function installedBy({ name, options }: Entry, catalogue: Catalogue): AppDefinition | undefined {
  return installedApp({ name, chart: options?.chart?.name, values: options?.values }, catalogue);
}

/** The other entry that leads to this Service, by its options or as its chart makes it. */
function installerOf(service: ServiceName, entry: Entry, entries: readonly Entry[]): Entry | undefined {
  return entries.find((other) => {
    const { name, options, definition } = other;
    const usual = definition && { namespace: name, name: definition.service.name };
    const target = options?.service ?? usual;
    return other !== entry && target !== undefined && isSameService(service, target);
  });
}
