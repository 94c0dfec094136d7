import { execa } from "execa";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import type { Values } from "../../apps/values.ts";
import { tool } from "../../lab/paths.ts";

/** Above the minimum version that any chart of the catalogue requires. */
const kubernetes = "1.34.0";

export const helm = existsSync(tool("helm")) ? tool("helm") : "helm";

/** A chart on this machine, unpacked and with its dependencies. */
export interface LocalChart {
  directory: string;
  version: string;
}

/** `undefined` if `directory` contains no such chart. */
export function localChart(directory: string, name: string): LocalChart | undefined {
  const chart = join(directory, name);
  if (!existsSync(join(chart, "Chart.yaml"))) return undefined;
  const { version } = parse(readFileSync(join(chart, "Chart.yaml"), "utf8")) as { version: string };
  return { directory: chart, version };
}

/** The common fields of all Kubernetes objects. */
export interface Named {
  kind: string;
  metadata: { name: string };
}

/**
 * What Helm renders from a chart, without a cluster. A random secret becomes the same text each time. `undefined` if
 * the chart refuses these values.
 *
 * The charts' JSON schemas are skipped, since some of them refer to another host.
 */
export async function renderChart(
  chart: LocalChart,
  release: string,
  values: Values,
): Promise<Named[] | undefined> {
  const input = JSON.stringify(values).replaceAll(/randAlphaNum (\d+)/g, String.raw`repeat $1 \"x\"`);
  const flags = ["--namespace", release, "--kube-version", kubernetes, "--skip-schema-validation"];
  const { exitCode, stdout } = await execa(
    helm,
    ["template", release, chart.directory, ...flags, "--values", "-"],
    { input, reject: false },
  );
  if (exitCode !== 0) return undefined;
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Named | null);
  // Some charts list their objects in a random order.
  const identity = ({ kind, metadata }: Named) => `${kind}/${metadata.name}`;
  return objects.filter((object) => object !== null).sort((a, b) => (identity(a) < identity(b) ? -1 : 1));
}
