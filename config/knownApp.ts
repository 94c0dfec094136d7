import { chartName } from "../apps/chartName.ts";
import type { AppDefinition } from "../apps/definition.ts";
import { isMap } from "../apps/values.ts";
import type { AppOptions } from "./appSchema.ts";
import type { Catalogue } from "./apps.ts";
import type { Entry } from "./clashes.ts";
import { goodPartOf } from "./goodPart.ts";

/** An entry, and the app of the catalogue that it is, by whatever key. */
export interface KnownEntry extends Entry {
  known: AppDefinition | undefined;
  /** Whether it says that the app has its administrator, or the entry says so that installs the app. */
  adminClaimed: boolean;
}

/**
 * The app of the catalogue that visitors reach by an entry, whatever the entry is called: what has to be true of the
 * app goes with its Service. It is known by its key, by its chart or image, or by the Service, which another entry
 * may have installed.
 */
export function withKnownApp(entry: Entry, entries: readonly Entry[], catalogue: Catalogue): KnownEntry {
  const { service, adminClaimed = false } = optionsOf(entry);
  const own = installedBy(entry, catalogue);
  if (own !== undefined || service === undefined) return { ...entry, known: own, adminClaimed };
  const installer = installerOf(service, entry, entries);
  return {
    ...entry,
    known: (installer && installedBy(installer, catalogue)) ?? usuallyAt(service, catalogue),
    adminClaimed: adminClaimed || (installer !== undefined && optionsOf(installer).adminClaimed === true),
  };
}

/** The options that can be used; what is wrong with the others is reported elsewhere. */
function optionsOf({ written }: Entry): Partial<AppOptions> {
  return isMap(written) ? goodPartOf(written) : {};
}

function installedBy(entry: Entry, catalogue: Catalogue): AppDefinition | undefined {
  const { chart, values } = optionsOf(entry);
  return entry.definition ?? ofChart(chart?.name, catalogue) ?? ofImages(values, catalogue);
}

/** By the chart's own name, where a single app has it. */
function ofChart(chart: string | undefined, catalogue: Catalogue): AppDefinition | undefined {
  if (chart === undefined) return undefined;
  const apps = Object.values(catalogue).filter((app) => chartName(app.chart.name) === chartName(chart));
  return apps.length === 1 ? apps[0] : undefined;
}

/** By an image that the chart is to run: `ghcr.io/immich-app/immich-server`, `vaultwarden/server`. */
function ofImages(values: unknown, catalogue: Catalogue): AppDefinition | undefined {
  const parts = imagesIn(values).flatMap((image) => image.split(/[/:@]/));
  const isOf = (app: string) => parts.some((part) => part === app || part.startsWith(`${app}-`));
  return Object.entries(catalogue).find(([app]) => isOf(app))?.[1];
}

function imagesIn(value: unknown, key = ""): string[] {
  if (typeof value === "string") return ["image", "repository"].includes(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => imagesIn(item, key));
  return isMap(value) ? Object.entries(value).flatMap(([inner, item]) => imagesIn(item, inner)) : [];
}

interface ServiceName {
  namespace: string;
  name: string;
}

const isSame = (one: ServiceName, other: ServiceName | undefined) =>
  one.namespace === other?.namespace && one.name === other.name;

/** The other entry that leads to this Service, by its options or as its chart makes it. */
function installerOf(service: ServiceName, entry: Entry, entries: readonly Entry[]): Entry | undefined {
  return entries.find((other) => {
    const usual = other.definition && { namespace: other.name, ...other.definition.service };
    return other !== entry && isSame(service, optionsOf(other).service ?? usual);
  });
}

/** By the Service's name in the app's own namespace. */
function usuallyAt(service: ServiceName, catalogue: Catalogue): AppDefinition | undefined {
  return Object.entries(catalogue).find(([namespace, app]) =>
    isSame(service, { namespace, ...app.service }),
  )?.[1];
}
