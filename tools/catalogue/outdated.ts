/**
 * `npm run outdated [-- --refresh]`: which app or chart of the catalogue is behind upstream, and which security
 * advisories affect what the catalogue installs; exits with 1 if any does. It reads only `apps/upstream.json` and needs
 * no network. `--refresh` asks GitHub and the charts' repositories first, and rewrites that file.
 */
import { execa } from "execa";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { catalogue } from "../../apps/index.ts";
import { helm } from "./helm.ts";
import { refresh, type Outside } from "./refresh.ts";
import { reportOutdated } from "./report.ts";
import { readUpstream, shippedApps, upstreamPath } from "./upstream.ts";
import { writeJson } from "./writeJson.ts";

const outside: Outside = {
  async github(path) {
    const response = await fetch(`https://api.github.com${path}`, {
      signal: AbortSignal.timeout(30_000),
    }).catch((error: unknown) => {
      throw new Error(`api.github.com cannot be reached: ${causeOf(error)}`);
    });
    if (!response.ok) throw new Error(`${response.url} answers ${response.status}`);
    return response.json();
  },
  async chartVersion(app) {
    const chart = catalogue[app]?.chart;
    if (!chart) throw new Error("not in the catalogue");
    const from = chart.repository === undefined ? [] : ["--repo", chart.repository];
    const { stdout } = await execa(helm, ["show", "chart", chart.name, ...from]);
    return (parse(stdout) as { version: string }).version;
  },
};

/** The message of `fetch` itself says only that it failed. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}

const { values: options } = parseArgs({ options: { refresh: { type: "boolean", default: false } } });
if (options.refresh) {
  const { upstream, problems } = await refresh(readUpstream(), outside, new Date());
  await writeJson(upstreamPath, upstream);
  for (const problem of problems) console.error(problem);
}
const upstream = readUpstream();
const { lines, vulnerable } = reportOutdated(upstream, shippedApps(upstream), new Date());
for (const line of lines) console.log(line);
if (vulnerable) process.exitCode = 1;
