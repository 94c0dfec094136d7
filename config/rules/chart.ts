import type { AppDefinition } from "../../apps/definition.ts";
import type { Path } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";
import type { AppOptions } from "../schema/app.ts";

/** Where Helm finds a chart, in Helm's own terms. */
export interface Chart {
  name: string;
  repository?: string;
  version?: string;
}

/**
 * The chart to install: the user's, or the catalogue's with single options of the user's in their place.
 * `undefined` where nothing is to be installed, or where the chart has problems, which the reader keeps.
 */
export function readChart(
  { chart: written, service }: AppOptions,
  definition: AppDefinition | undefined,
  path: Path,
  reader: Reader,
): Chart | undefined {
  if (!written) return service ? undefined : definition?.chart;
  // Repository and version belong to the chart that they were chosen for: a new name starts afresh.
  if (written.name !== undefined) {
    checkPinned({ ...written, name: written.name }, path, reader);
    return checkRepository({ ...written, name: written.name }, path, reader);
  }
  if (!definition) {
    reader.report([...path, "chart", "name"], "missing. Write the chart's name, or its oci:// reference.");
    return undefined;
  }
  const { name, repository, version } = definition.chart;
  const chart = { name, repository: written.repository ?? repository, version: written.version ?? version };
  return checkRepository(chart, path, reader);
}

function checkRepository(chart: Chart, path: Path, reader: Reader): Chart | undefined {
  const standsAlone = /^(oci:\/\/|\.{0,2}\/)/.test(chart.name);
  if (standsAlone === (chart.repository === undefined)) return chart;
  reader.report(
    [...path, "chart", "repository"],
    standsAlone
      ? `${JSON.stringify(chart.repository)} is without effect: ${chart.name} needs no repository. Remove it.`
      : `missing. Write the URL of the repository that has the chart ${chart.name}.`,
  );
  return undefined;
}

/** The publisher's next version would run its templates in the cluster at the next run, unread. */
function checkPinned({ name, version }: Chart, path: Path, reader: Reader): void {
  const isLocal = /^\.{0,2}\//.test(name);
  const hasDigest = /^oci:\/\/.*@sha256:[0-9a-f]{64}$/.test(name);
  if (version !== undefined || isLocal || hasDigest) return;
  const digest = name.startsWith("oci://")
    ? ", or the reference with its digest (@sha256:…) as chart.name"
    : "";
  reader.report(
    [...path, "chart", "version"],
    `missing. Write the version of ${name} to install, such as 1.2.3${digest}: the newest may be another one at each run.`,
  );
}
