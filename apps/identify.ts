import isPlainObject from "is-plain-obj";
import { chartName } from "./chartName.ts";
import type { AppDefinition, Catalogue } from "./definition.ts";

/** What is known of an installed app. */
export interface InstalledApp {
  /** The app's key in the config, and its release's name. */
  name: string;
  /** The chart as passed to Helm; undefined for a Service that already runs. */
  chart?: string;
  /** The chart's values. */
  values?: unknown;
}

/** The catalogue's app with this name. */
export function appNamed(name: string, catalogue: Catalogue): AppDefinition | undefined {
  return Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
}

/**
 * The catalogue's app behind an installation, whatever its name. It is recognised by name, chart or image, so safety
 * rules do not depend on the key that a user chooses.
 */
export function installedApp(
  { name, chart, values }: InstalledApp,
  catalogue: Catalogue,
): AppDefinition | undefined {
  return appNamed(name, catalogue) ?? appOfChart(chart, catalogue) ?? appOfImages(values, catalogue);
}

/** Recognises it by the chart's own name, if exactly one app uses that chart. */
function appOfChart(chart: string | undefined, catalogue: Catalogue): AppDefinition | undefined {
  if (chart === undefined) return undefined;
  const apps = Object.values(catalogue).filter((app) => chartName(app.chart.name) === chartName(chart));
  return apps.length === 1 ? apps[0] : undefined;
}

/** Recognises it by an image in the values: `ghcr.io/immich-app/immich-server`, `vaultwarden/server`. */
function appOfImages(values: unknown, catalogue: Catalogue): AppDefinition | undefined {
  const parts = imagesIn(values).flatMap((image) => image.split(/[/:@]/));
  const isOf = (app: string) => parts.some((part) => part === app || part.startsWith(`${app}-`));
  return Object.entries(catalogue).find(([app]) => isOf(app))?.[1];
}

function imagesIn(value: unknown, key = ""): string[] {
  if (typeof value === "string") return ["image", "repository"].includes(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => imagesIn(item, key));
  return isPlainObject(value) ? Object.entries(value).flatMap(([inner, item]) => imagesIn(item, inner)) : [];
}

/** A Service of the cluster. */
export interface ServiceName {
  namespace: string;
  name: string;
}

export function isSameService(one: ServiceName, other: ServiceName): boolean {
  return one.namespace === other.namespace && one.name === other.name;
}

/** The catalogue's app whose Service usually has this name, in a namespace named after the app. */
export function appUsuallyAt(service: ServiceName, catalogue: Catalogue): AppDefinition | undefined {
  return Object.entries(catalogue).find(([namespace, app]) =>
    isSameService(service, { namespace, name: app.service.name }),
  )?.[1];
}
