import type { Path } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";
import type { UsableEntry } from "./knownApp.ts";

/** Where Helm finds a chart, in Helm's own terms. */
interface Chart {
  name: string;
  repository?: string;
  version?: string;
}

/**
 * The chart to install: the user's, or the catalogue's with the user's options. `undefined` if nothing is installed, or
 * if the chart has no name.
 */
export function chartOf({ options, definition }: UsableEntry): Chart | undefined {
  const { chart: written, service } = options;
  if (!written) return service ? undefined : definition?.chart;
  const { name, repository, version } = written;
  // Repository and version belong to the chart that they were chosen for: a new name resets them.
  if (name !== undefined) return { name, repository, version };
  if (!definition) return undefined;
  const { chart } = definition;
  return {
    name: chart.name,
    repository: repository ?? chart.repository,
    version: version ?? chart.version,
  };
}

/** Checks that Helm finds the user's chart, and the same one at each run. */
export function checkChart(entry: UsableEntry, reader: Reader): void {
  const { path, options } = entry;
  if (!options.chart) return;
  const chart = chartOf(entry);
  if (chart === undefined) {
    reader.reportOnce([...path, "chart", "name"], "missing. Set the chart's name, or its oci:// reference.");
    return;
  }
  if (options.chart.name !== undefined) checkPinned(chart, path, reader);
  checkRepository(chart, path, reader);
}

function checkRepository(chart: Chart, path: Path, reader: Reader): void {
  const standsAlone = /^(oci:\/\/|\.{0,2}\/)/.test(chart.name);
  if (standsAlone === (chart.repository === undefined)) return;
  reader.reportOnce(
    [...path, "chart", "repository"],
    standsAlone
      ? `${JSON.stringify(chart.repository)} has no effect: ${chart.name} needs no repository. Remove it.`
      : `missing. Set the URL of the repository that has the chart ${chart.name}.`,
  );
}

/** Otherwise the publisher's next version would run its templates in the cluster, unreviewed. */
function checkPinned({ name, version }: Chart, path: Path, reader: Reader): void {
  const isLocal = /^\.{0,2}\//.test(name);
  const hasDigest = /^oci:\/\/.*@sha256:[0-9a-f]{64}$/.test(name);
  if (version !== undefined || isLocal || hasDigest) return;
  const digest = name.startsWith("oci://")
    ? ", or the reference with its digest (@sha256:…) as chart.name"
    : "";
  reader.reportOnce(
    [...path, "chart", "version"],
    `missing: each run can install another version of ${name}. Set one, such as 1.2.3${digest}.`,
  );
}
