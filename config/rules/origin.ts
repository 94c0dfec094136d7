import isPlainObject from "is-plain-obj";
import type { Catalogue } from "../../apps/definition.ts";
import { didYouMean } from "../schema/didYouMean.ts";
import type { Reader } from "../schema/reader.ts";
import type { UsableEntry } from "./knownApp.ts";

/** Whether it is clear where the app comes from: the catalogue, a chart, or a Service that already runs. */
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
        "For an app of your own add `service` if it already runs, `chart` and `service` if it is to be installed.",
    );
    return;
  }
  if (!definition && !service)
    reader.reportOnce(
      [...path, "service"],
      "missing. Write namespace, name and port of the Service that the chart makes.",
    );
  if (service && !chart && values)
    reader.reportOnce(
      [...path, "values"],
      "without effect: with `service` alone nothing is installed. Remove it, or add `chart`.",
    );
}
