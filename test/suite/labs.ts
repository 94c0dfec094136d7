import { execa } from "execa";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { freemem } from "node:os";
import { basename, join } from "node:path";
import { freeInotify, inotifyLimit, inotifyOfLab, inotifySetting } from "../../lab/inotify.ts";
import { checkMachine, isLabUp, isProvisioned, provisionSteps } from "../../lab/lab.ts";
import { cacheRoot, labDirectory, labName, projectRoot } from "../../lab/paths.ts";
import { runSteps } from "../../lab/progress.ts";
import { withLock } from "../../lab/toolchain/lock.ts";
import type { VariantName } from "../../lab/topology.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import { SuiteError } from "./report.ts";

/** A test file, or a folder of files that share their setup; runs on one lab. */
export interface Job {
  name: string;
  files: string[];
  /** The variant of its lab. @default the one in `MYNODEONE_VARIANT` */
  variant?: VariantName;
}

const mocha = ["mocha", "--config", "test/lab/.mocharc.json"];

/** One lab takes 1.3 GB, and twice that during an operation. */
const memoryOfLab = 3e9;
/** Four labs keep two cores busy. */
const mostLabs = 4;

/** One job for each file with these names or in these folders; a subfolder is one job. */
export function jobsOf(names: readonly string[]): Job[] {
  const entriesOf = (path: string) => readdirSync(join(projectRoot, path)).map((entry) => join(path, entry));
  const isSpec = (path: string) => path.endsWith(".test.ts");
  const isFolder = (path: string) => {
    const found = statSync(join(projectRoot, path), { throwIfNoEntry: false });
    if (found?.isDirectory()) return true;
    if (found && isSpec(path)) return false;
    throw new SuiteError(`${path} is no folder of tests, and no *.test.ts file`);
  };
  return names
    .flatMap((name) => (isFolder(name) ? entriesOf(name) : [name]))
    .map((path) => ({
      name: basename(path, ".test.ts"),
      files: isFolder(path) ? entriesOf(path).filter(isSpec) : [path],
    }))
    .filter(({ files }) => files.length > 0);
}

/**
 * Runs the jobs on several labs, since they mostly wait: for an idle connection, a reboot, a certificate. Those that
 * took longest the last time start first. A lab that was up before stays up. Jobs for a variant come last, each on its
 * own lab.
 */
export function runOnLabs(jobs: readonly Job[]): Promise<Outcome[]> {
  const lock = join(cacheRoot, `${labName}-tests.lock`);
  return withLock(lock, { report: console.error }, async () => {
    await removeLeftovers();
    await checkMachine();
    await runSteps(provisionSteps(), { quiet: isProvisioned() });
    const before = recordedSeconds();
    // Without a recorded run, the length of the source is the best estimate.
    const expected = ({ name, files }: Job) =>
      before[name] ?? 1e6 + files.map(sizeOf).reduce((a, b) => a + b);
    const queueOf = (some: Job[]) => some.sort((a, b) => expected(b) - expected(a));
    const queue = queueOf(jobs.filter(({ variant }) => variant === undefined));
    const outcomes: Outcome[] = [];
    const labs = [labName, ...moreLabs].slice(0, labCount(queue.length));
    await Promise.all(labs.map((lab) => workOff(queue, outcomes, lab)));
    const others = queueOf(jobs.filter(({ variant }) => variant !== undefined));
    const otherLabs = moreLabs.slice(0, labCount(others.length, false));
    await Promise.all(
      otherLabs.map(async (lab) => {
        for (let job = others.shift(); job !== undefined; job = others.shift())
          await workOff([job], outcomes, lab, job.variant);
      }),
    );
    const whole = outcomes.filter(({ failed }) => failed === 0);
    recordSeconds({ ...before, ...Object.fromEntries(whole.map(({ name, seconds }) => [name, seconds])) });
    return outcomes;
  });
}

const sizeOf = (file: string) => statSync(join(projectRoot, file)).size;

/** The first lab may be the user's. The others are the suite's own, with names that no user would choose by chance. */
const moreLabs = Array.from({ length: 7 }, (_, n) => `${labName}-tests-${n + 2}`);

/** Removes the labs that an interrupted run has left. */
async function removeLeftovers(): Promise<void> {
  const left = moreLabs.filter((lab) => existsSync(labDirectory(lab)));
  await Promise.all(left.map((lab) => cliOf(lab, ["down"])));
}

/** `npm run lab -- …` for a lab. */
function cliOf(lab: string, args: string[], { reject = true, variant = process.env.MYNODEONE_VARIANT } = {}) {
  const env = { MYNODEONE_LAB: lab, MYNODEONE_VARIANT: variant };
  return execa("node", [join(projectRoot, "lab/cli.ts"), ...args], { env, all: true, reject });
}

/** Runs jobs on one lab until none is left. */
async function workOff(queue: Job[], outcomes: Outcome[], lab: string, variant?: VariantName): Promise<void> {
  const cli = (args: string[], reject = true) => cliOf(lab, args, { reject, variant });
  const found = lab === labName && isLabUp();
  const boot = () =>
    inTurn(async () => {
      const { exitCode, all } = await cli(["up", "--without-stack"], false);
      if (exitCode === 0) return;
      // This fails no test: it is reported and tried once more.
      console.log(`${lab} did not boot, and is made anew:\n${all}\n`);
      await cli(["down"]);
      await cli(["up", "--without-stack"]);
    });
  try {
    await boot();
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const outcome = await outcomeOf(job.name, [...mocha, ...job.files], { MYNODEONE_LAB: lab });
      outcomes.push(outcome);
      if (outcome.failed === 0 || queue.length === 0 || found) continue;
      // A failed test must not affect the next file.
      await cli(["down"]);
      await boot();
    }
  } catch (error) {
    // The lab cannot be created; the others continue.
    const failures = error instanceof Error ? error.message : String(error);
    outcomes.push({ name: lab, seconds: 0, passed: 0, failed: 1, skipped: 0, failures });
  } finally {
    const { exitCode, all } = await cli([found ? "up" : "down"], false);
    if (exitCode !== 0)
      console.log(`${lab} could not be ${found ? "brought up again" : "removed"}:\n${all}\n`);
  }
}

let last: Promise<unknown> = Promise.resolve();

/** Labs boot one after the other, so that the first one runs jobs while the second one boots. */
function inTurn<T>(body: () => Promise<T>): Promise<T> {
  const turn = last.then(body);
  last = turn.catch(() => undefined);
  return turn;
}

/** The number of labs for this many jobs: `MYNODEONE_LABS`, or as many as the machine can run. */
function labCount(jobs: number, withOwn = isLabUp()): number {
  const wish = process.env.MYNODEONE_LABS;
  const count =
    wish === undefined
      ? Math.max(1, Math.min(mostLabs, roomInMemory(), roomToWatch(jobs, withOwn)))
      : Number(wish);
  if (Number.isInteger(count) && count >= 1 && count <= 8) return Math.min(jobs, count);
  throw new SuiteError(`MYNODEONE_LABS is ${JSON.stringify(wish)}: use a number from 1 to 8`);
}

const roomInMemory = () => Math.floor(freemem() / memoryOfLab);

/** The number of labs for which the free inotify instances suffice, including a running one that takes jobs. */
function roomToWatch(jobs: number, withOwn: boolean): number {
  const room = Math.floor(freeInotify() / inotifyOfLab) + (withOwn ? 1 : 0);
  if (room < Math.min(jobs, mostLabs)) {
    const limit = `${inotifySetting} is ${inotifyLimit()}`;
    console.log(`${limit}: enough for ${room} labs; sysctl -w ${inotifySetting}=512 allows more`);
  }
  return room;
}

/** The last duration of each job in seconds, by name. */
const record = join(cacheRoot, "test-seconds.json");

function recordedSeconds(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(record, "utf8")) as Record<string, number>;
  } catch {
    return {};
  }
}

function recordSeconds(seconds: Record<string, number>): void {
  writeFileSync(record, JSON.stringify(seconds));
}
