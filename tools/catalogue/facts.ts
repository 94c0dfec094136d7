/**
 * `npm run facts -- --charts DIR [--because WHY] [APP…]`: renders the catalogue's charts with the catalogue's values,
 * and records in `apps/facts/` the resulting Services, ports, probes, images and memory, and the effect of each value.
 *
 * DIR holds a directory per chart (`gitea`, `app-template`…), unpacked and with its dependencies, as
 * `helm pull --untar` leaves it. A chart of another version than the catalogue's is refused, unless WHY says why its
 * facts hold for that version, too.
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { catalogue } from "../../apps/index.ts";
import type { Values } from "../../apps/values.ts";
import { contextOf, ways } from "./contexts.ts";
import { effectsOf } from "./effects.ts";
import { factsPath, type Facts } from "./factsFile.ts";
import { localChart, renderChart } from "./helm.ts";
import { readManifests } from "./rendered.ts";
import { writeJson } from "./writeJson.ts";

/** One app's facts from the charts in `directory`. */
async function factsOf(app: string, directory: string, because: string | undefined): Promise<Facts> {
  const definition = catalogue[app];
  if (!definition) throw new Error(`not in the catalogue (${Object.keys(catalogue).join(", ")})`);
  const { name, version } = definition.chart;
  const chart = localChart(directory, basename(name));
  if (!chart) throw new Error(`${directory} has no directory ${basename(name)} with a Chart.yaml`);
  if (chart.version !== version && because === undefined)
    throw new Error(
      `the catalogue has chart version ${version}, ${directory} has ${chart.version}. Put ${version} ` +
        "there, or explain with --because why the facts of the other one hold for it.",
    );
  const render = (values: Values) => renderChart(chart, app, values);
  const effects = await effectsOf(
    ways.map((way) => definition.values(contextOf(app, way))),
    render,
  );
  const objects = await render(definition.values(contextOf(app, "internet")));
  return {
    chart: { name, version: chart.version },
    ...(chart.version === version || because === undefined ? {} : { standsFor: { version, because } }),
    compared: new Date().toISOString().slice(0, 10),
    ...readManifests(objects ?? []),
    values: effects,
  };
}

/** Writes the facts of one app, or prints why it cannot. */
async function update(app: string, directory: string, because: string | undefined): Promise<boolean> {
  try {
    const facts = await factsOf(app, directory, because);
    await writeJson(factsPath(app), facts);
    const idle = Object.keys(facts.values).filter((path) => facts.values[path] === "nothing");
    console.log(
      idle.length === 0
        ? `${app}: written`
        : `${app}: written. These values have no effect: ${idle.join(", ")}`,
    );
    return true;
  } catch (error) {
    console.error(`${app}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

const { values: options, positionals } = parseArgs({
  options: { charts: { type: "string" }, because: { type: "string" } },
  allowPositionals: true,
});
if (options.charts === undefined) {
  console.error("usage: npm run facts -- --charts DIR [--because WHY] [APP…]");
  process.exitCode = 1;
} else {
  for (const app of positionals.length > 0 ? positionals : Object.keys(catalogue))
    if (!(await update(app, options.charts, options.because))) process.exitCode = 1;
}
