import type { AppDefinition, Catalogue } from "../../apps/definition.ts";
import { appUsuallyAt, installedApp, isSameService } from "../../apps/identify.ts";
import type { ServiceName } from "../../apps/identify.ts";
import type { AppOptions } from "../schema/app.ts";
import type { Entry } from "./entry.ts";

/** An entry, and the catalogue's app behind it, whatever its key. */
export interface KnownEntry extends Entry {
  known: AppDefinition | undefined;
  /** Whether this entry, or the one that installs the app, says that the app has its administrator. */
  adminClaimed: boolean;
}

/** An entry with a valid name and valid options; each option with a problem is omitted. */
export type UsableEntry = KnownEntry & { options: AppOptions };

export function isUsable(entry: KnownEntry): entry is UsableEntry {
  return entry.options !== undefined;
}

/**
 * The entries, each with the catalogue's app that visitors reach by it, whatever its name: safety rules follow the
 * Service. The app is recognised by key, by chart or image, or by the Service, which another entry may have installed.
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

/** The other entry that has this Service in its options or creates it by its chart. */
function installerOf(service: ServiceName, entry: Entry, entries: readonly Entry[]): Entry | undefined {
  return entries.find((other) => {
    const { name, options, definition } = other;
    const usual = definition && { namespace: name, name: definition.service.name };
    const target = options?.service ?? usual;
    return other !== entry && target !== undefined && isSameService(service, target);
  });
}
