import type { AppDefinition } from "../apps/definition.ts";
import { isMap } from "../apps/values.ts";
import type { AppOptions } from "./appSchema.ts";
import type { Catalogue } from "./apps.ts";
import type { Entry } from "./clashes.ts";
import { goodPartOf } from "./goodPart.ts";

/** An entry, and the app of the catalogue that it is, by whatever key. */
export interface KnownEntry extends Entry {
  known: AppDefinition | undefined;
}

/**
 * The app of the catalogue that visitors reach by an entry, whatever the entry is called: what has to be true of the
 * app goes with its Service. It is known by its key, by its chart or image, or by the Service, which another entry
 * may have installed.
 */
export function knownApp(
  entry: Entry,
  entries: readonly Entry[],
  catalogue: Catalogue,
): AppDefinition | undefined {
  const { service } = optionsOf(entry);
  return installedBy(entry, catalogue) ?? ofService(entry, service, entries, catalogue);
}

/** The options that can be used; what is wrong with the others is reported elsewhere. */
function optionsOf({ written }: Entry): Partial<AppOptions> {
  return isMap(written) ? goodPartOf(written) : {};
}

function installedBy(entry: Entry, catalogue: Catalogue): AppDefinition | undefined {
  const { chart, values } = optionsOf(entry);
  return entry.definition ?? ofChart(chart?.name, catalogue) ?? ofImages(values, catalogue);
}

/** By the last part of a chart's name, where a single app has it. A local archive has its version behind that. */
function ofChart(chart: string | undefined, catalogue: Catalogue): AppDefinition | undefined {
  const lastPart = (name: string) =>
    name
      .replace(/\/+$/, "")
      .replace(/-\d[^/]*\.tgz$/, "")
      .split("/")
      .at(-1);
  if (chart === undefined) return undefined;
  const apps = Object.values(catalogue).filter((app) => lastPart(app.chart.name) === lastPart(chart));
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

/** By the Service's name in the app's own namespace, or that of another entry which installs it. */
function ofService(
  entry: Entry,
  service: AppOptions["service"],
  entries: readonly Entry[],
  catalogue: Catalogue,
): AppDefinition | undefined {
  if (service === undefined) return undefined;
  const isReached = (other: { namespace: string; name: string } | undefined) =>
    other?.namespace === service.namespace && other.name === service.name;
  const installer = entries.find((other) => {
    const usual = other.definition && { namespace: other.name, ...other.definition.service };
    return other !== entry && isReached(optionsOf(other).service ?? usual);
  });
  const installed = installer && installedBy(installer, catalogue);
  const usual = Object.entries(catalogue).find(([namespace, app]) =>
    isReached({ namespace, ...app.service }),
  );
  return installed ?? usual?.[1];
}
