/**
 * Runs a tier of the tests, and reports at the end what passed and what failed:
 *
 *   main.ts short     `npm test`: types, style, unit tests, and the lab files of `test/lab/short`
 *   main.ts proofs    `npm run prove`: those of `test/lab/proofs`, and some of the short ones on each variant of the lab
 *   main.ts FILE…     `npm run test:lab`: only these lab files
 *
 * `MYNODEONE_LABS` sets the number of labs, `MYNODEONE_VARIANT` the variant of the lab.
 */
import { paths } from "../../lab/paths.ts";
import { runMain } from "../../lab/progress.ts";
import { checkSources, type Check } from "./checks.ts";
import { jobsOf, runOnLabs, type Job } from "./labs.ts";
import { report, SuiteError } from "./report.ts";
import { variantJobs } from "./variants.ts";

const tiers: Record<string, { command: string; jobs: () => Job[]; checks: readonly Check[] }> = {
  short: { command: "npm test", jobs: () => jobsOf(["test/lab/short"]), checks: ["lint", "unit"] },
  proofs: {
    command: "npm run prove",
    jobs: () => [...jobsOf(["test/lab/proofs"]), ...variantJobs()],
    checks: ["package"],
  },
};

// Each file is a process that loads the SDKs and our sources.
process.env.NODE_COMPILE_CACHE ??= paths.compiled;

await runMain(async () => {
  const names = process.argv.slice(2);
  const [first = ""] = names;
  const tier = names.length === 1 ? tiers[first] : undefined;
  if (names.length === 0) throw new SuiteError(`say which tests: ${Object.keys(tiers).join(", ")}, or files`);
  const begun = Date.now();
  const outcomes = await Promise.all([
    checkSources(tier?.checks ?? []),
    runOnLabs(tier ? tier.jobs() : jobsOf(names)),
  ]);
  report(tier?.command ?? "npm run test:lab", outcomes.flat(), Date.now() - begun);
});
