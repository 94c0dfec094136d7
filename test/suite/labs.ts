import { execa } from "execa";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { freemem } from "node:os";
import { basename, dirname, join } from "node:path";
import { isProvisioned, provisionSteps } from "../../lab/lab.ts";
import { cacheRoot, labName, projectRoot } from "../../lab/paths.ts";
import { runSteps } from "../../lab/progress.ts";
import { checkPrerequisites } from "../../lab/toolchain/index.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import { SuiteError } from "./report.ts";

/** What runs on one lab without a break: a file, or the files of a folder that share what prepares them. */
export interface Job {
  name: string;
  files: string[];
}

const mocha = ["mocha", "--config", "test/lab/.mocharc.json"];

/** Of a lab and the tests on it: 1.3 GB were seen, and as much again while an operation runs. */
const memoryOfLab = 3e9;
/** Two cores have nothing left to do for more. */
const mostLabs = 4;

/** One job a file of these folders or names, one a folder below them. */
export function jobsOf(names: readonly string[]): Job[] {
  const isFolder = (path: string) => {
    const found = statSync(join(projectRoot, path), { throwIfNoEntry: false });
    if (found === undefined) throw new SuiteError(`${path} is no file or folder of tests`);
    return found.isDirectory();
  };
  const entriesOf = (path: string) => readdirSync(join(projectRoot, path)).map((entry) => join(path, entry));
  const isSpec = (path: string) => path.endsWith(".test.ts");
  return names
    .flatMap((name) => (isFolder(name) ? entriesOf(name) : [name]))
    .map((path) => ({
      name: basename(path, ".test.ts"),
      files: isFolder(path) ? entriesOf(path).filter(isSpec) : [path].filter(isSpec),
    }))
    .filter(({ files }) => files.length > 0);
}

/**
 * Runs the jobs on several labs, since most of their time goes into waiting: for an idle connection, a reboot, a
 * certificate. Those that took longest the last time start first. A lab that was up before stays up.
 */
export async function runOnLabs(jobs: readonly Job[]): Promise<Outcome[]> {
  await checkPrerequisites();
  await runSteps(provisionSteps(), { quiet: isProvisioned() });
  const before = recordedSeconds();
  // Where no run is on record, the sources' length is the best guess.
  const expected = ({ name, files }: Job) => before[name] ?? 1e6 + files.map(sizeOf).reduce((a, b) => a + b);
  const queue = [...jobs].sort((a, b) => expected(b) - expected(a));
  const outcomes: Outcome[] = [];
  const labs = [labName, ...Array.from({ length: labCount() - 1 }, (_, n) => `${labName}-${n + 2}`)];
  await Promise.all(labs.slice(0, queue.length).map((lab) => workOff(queue, outcomes, lab)));
  recordSeconds({ ...before, ...Object.fromEntries(outcomes.map(({ name, seconds }) => [name, seconds])) });
  return outcomes;
}

const sizeOf = (file: string) => statSync(join(projectRoot, file)).size;

/** Runs jobs on one lab until none is left. */
async function workOff(queue: Job[], outcomes: Outcome[], lab: string): Promise<void> {
  const env = { MYNODEONE_LAB: lab, MYNODEONE_SUITE: "1" };
  const cli = (args: string[], reject = true) =>
    execa("node", [join(projectRoot, "lab/cli.ts"), ...args], { env, all: true, reject });
  const found = (await cli(["status"], false)).all.includes("up    network");
  const boot = () =>
    inTurn(async () => {
      const { exitCode, all } = await cli(["up", "--without-stack"], false);
      if (exitCode === 0) return;
      // No test has failed by that. It is told, and tried once more.
      console.log(`${lab} did not boot, and is made anew:\n${all}\n`);
      await cli(["down"]);
      await cli(["up", "--without-stack"]);
    });
  try {
    await boot();
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const outcome = await outcomeOf(job.name, [...mocha, ...job.files], env);
      outcomes.push(outcome);
      if (outcome.failed === 0 || queue.length === 0 || found) continue;
      // What a failure has left must not fail the next file, too.
      await cli(["down"]);
      await boot();
    }
  } catch (error) {
    // A lab that cannot be made; the others go on.
    const failures = error instanceof Error ? error.message : String(error);
    outcomes.push({ name: lab, seconds: 0, passed: 0, failed: 1, skipped: 0, failures });
  } finally {
    if (found) await cli(["up"], false);
    else await cli(["down"], false);
  }
}

let last: Promise<unknown> = Promise.resolve();

/** Labs boot one after the other, so that the first is at work while the second boots. */
function inTurn<T>(body: () => Promise<T>): Promise<T> {
  const turn = last.then(body);
  last = turn.catch(() => undefined);
  return turn;
}

function labCount(): number {
  const wish = process.env.MYNODEONE_LABS;
  if (wish === undefined) return Math.max(1, Math.min(mostLabs, Math.floor(freemem() / memoryOfLab)));
  const count = Number(wish);
  if (Number.isInteger(count) && count >= 1 && count <= 8) return count;
  throw new SuiteError(`MYNODEONE_LABS is ${JSON.stringify(wish)}: use a number from 1 to 8`);
}

/** How long each job took the last time, in seconds, by its name. */
const record = join(cacheRoot, "test-seconds.json");

function recordedSeconds(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(record, "utf8")) as Record<string, number>;
  } catch {
    return {};
  }
}

function recordSeconds(seconds: Record<string, number>): void {
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify(seconds));
}
