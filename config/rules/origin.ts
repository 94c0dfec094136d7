import isPlainObject from "is-plain-obj";
import type { Catalogue } from "../../apps/definition.ts";
import { didYouMean } from "../schema/didYouMean.ts";
import type { Reader } from "../schema/reader.ts";
import type { UsableEntry } from "./knownApp.ts";

/** Checks that the app's origin is clear: the catalogue, a chart, or a Service that already runs. */
export function checkOrigin(
  { name, path, definition, written, options }: UsableEntry,
  catalogue: Catalogue,
  reader: Reader,
): void {
  const { service, chart, values } = options;
  const namesService = isPlainObject(written) && Object.hasOwn(written, "service");
  if (!definition && !namesService && !chart) {
    const meant = didYouMean(name, Object.keys(catalogue));
    reader.report(
      path,
      `not in the catalogue (${Object.keys(catalogue).join(", ")}). ${meant ? `Did you mean ${meant}? ` : ""}` +
        "For an app of your own set `service` if it already runs, or `chart` and `service` to install it.",
    );
    return;
  }
  if (!definition && !service)
    reader.reportOnce(
      [...path, "service"],
      "missing. Set namespace, name and port of the Service that the chart creates.",
    );
  if (service && !chart && values)
    reader.reportOnce(
      [...path, "values"],
      "has no effect: `service` without `chart` installs nothing. Remove it, or add `chart`.",
    );
}
