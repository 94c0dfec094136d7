/** `npm run bench`: measures durations on this machine. JSON on stdout; progress and a table on stderr. */
import { Command, InvalidArgumentError, Option } from "commander";
import { runMain } from "../../lab/progress.ts";
import { lab } from "./command.ts";
import { measure, type Measurement, type MeasurementResult } from "./measurement.ts";
import { noOpUp } from "./noOp.ts";
import { proxyConnections } from "./proxy.ts";
import { describeRun, renderTable } from "./report.ts";
import { scale } from "./scale.ts";
import { scanOfHosts } from "./scan.ts";
import { appAdded, firstAnswer } from "./stack.ts";
import { cachedStart, coldStart, warmStart } from "./start.ts";
import { proofs, shortTests, unitTests } from "./tests.ts";

/** In the order of the runs: measurements that first remove the lab come first. */
const measurements: Measurement[] = [
  unitTests,
  shortTests,
  proofs,
  coldStart,
  cachedStart,
  warmStart,
  noOpUp,
  appAdded,
  firstAnswer,
  proxyConnections,
  scanOfHosts,
  ...scale,
];

interface Options {
  only?: string[];
  cold?: boolean;
  runs?: number;
}

const program = new Command("bench")
  .description("Measures the lab, the stack and the tests. Removes and remakes the running lab.")
  .addOption(
    new Option("--only <name...>", "these alone").choices(
      measurements.map((measurement) => measurement.name),
    ),
  )
  .option("--cold", `${coldStart.name} as well: fetches and builds everything once more`)
  .option("--runs <number>", "how often each runs, in place of its own number", wholeNumber)
  .action(async (options: Options) => {
    const report = describeRun(await measureAll(options));
    console.error(`\n${renderTable(report)}\n`);
    console.log(JSON.stringify(report, undefined, 2));
    if (report.measurements.some(({ error }) => error !== undefined)) process.exitCode = 1;
  });

await runMain(() => program.parseAsync());

async function measureAll({ only, cold, runs }: Options): Promise<MeasurementResult[]> {
  const chosen = measurements.filter(({ name, onRequest }) =>
    only ? only.includes(name) : !onRequest || (name === coldStart.name && cold === true),
  );
  const results: MeasurementResult[] = [];
  let labIsUp = false;
  for (const measurement of chosen) {
    if (measurement.needsLab && !labIsUp) {
      console.error("bringing the lab up");
      await lab("up");
    }
    labIsUp = measurement.needsLab;
    results.push(
      await measure(measurement, runs ?? measurement.runs, (line) => {
        console.error(line);
      }),
    );
  }
  return results;
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a whole number from 1 up.");
}
