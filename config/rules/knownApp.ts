import isPlainObject from "is-plain-obj";
import { chartName } from "../../apps/chartName.ts";
import type { AppDefinition, Catalogue } from "../../apps/definition.ts";
import type { AppOptions } from "../schema/app.ts";
import type { Entry } from "./clashes.ts";
import { validSubset } from "../schema/validSubset.ts";

/** An entry, and the app of the catalogue that it is, by whatever key. */
export interface KnownEntry extends Entry {
  known: AppDefinition | undefined;
  /** Whether it says that the app has its administrator, or the entry says so that installs the app. */
  adminClaimed: boolean;
}

/** An entry with the options of it that can be used; what is wrong with the others is reported elsewhere. */
interface ReadEntry {
  entry: Entry;
  options: Partial<AppOptions>;
}

/**
 * The entries, each with the app of the catalogue that visitors reach by it, whatever it is called: what has to be true
 * of the app goes with its Service. The app is known by its key, by its chart or image, or by the Service, which another
 * entry may have installed.
 */
export function withKnownApps(entries: readonly Entry[], catalogue: Catalogue): KnownEntry[] {
  const all = entries.map((entry) => ({
    entry,
    options: isPlainObject(entry.written) ? validSubset(entry.written) : {},
  }));
  return all.map((one) => withKnownApp(one, all, catalogue));
}

function withKnownApp(one: ReadEntry, all: readonly ReadEntry[], catalogue: Catalogue): KnownEntry {
  const { service, adminClaimed = false } = one.options;
  const own = installedBy(one, catalogue);
  if (own !== undefined || service === undefined) return { ...one.entry, known: own, adminClaimed };
  const installer = installerOf(service, one, all);
  return {
    ...one.entry,
    known: (installer && installedBy(installer, catalogue)) ?? usuallyAt(service, catalogue),
    adminClaimed: adminClaimed || installer?.options.adminClaimed === true,
  };
}

function installedBy({ entry, options }: ReadEntry, catalogue: Catalogue): AppDefinition | undefined {
  const { chart, values } = options;
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
  return isPlainObject(value) ? Object.entries(value).flatMap(([inner, item]) => imagesIn(item, inner)) : [];
}

interface ServiceName {
  namespace: string;
  name: string;
}

const isSame = (one: ServiceName, other: ServiceName | undefined) =>
  one.namespace === other?.namespace && one.name === other.name;

/** The other entry that leads to this Service, by its options or as its chart makes it. */
function installerOf(service: ServiceName, one: ReadEntry, all: readonly ReadEntry[]): ReadEntry | undefined {
  return all.find((other) => {
    const { name, definition } = other.entry;
    const usual = definition && { namespace: name, ...definition.service };
    return other !== one && isSame(service, other.options.service ?? usual);
  });
}

/** By the Service's name in the app's own namespace. */
function usuallyAt(service: ServiceName, catalogue: Catalogue): AppDefinition | undefined {
  return Object.entries(catalogue).find(([namespace, app]) =>
    isSame(service, { namespace, ...app.service }),
  )?.[1];
}
