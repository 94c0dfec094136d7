/**
 * `npm run test:lab`: every file of this folder, each in a mocha of its own, on as many labs as are worth it. Most of
 * the time goes into waiting (for an idle connection, a reboot, a certificate), so two labs on two cores take little
 * more than half of the time of one.
 *
 * With file names as arguments it runs those alone. `MYNODEONE_LABS` says how many labs. @default 2
 */
import { execa } from "execa";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { provisionSteps } from "../../lab/lab.ts";
import { labName, projectRoot } from "../../lab/paths.ts";
import { runMain, runSteps } from "../../lab/progress.ts";
import { checkPrerequisites } from "../../lab/toolchain/index.ts";

/** First in the queue, or the run would end with one lab at work and the other idle. */
const slowest = ["arrives.test.ts", "cutPoints.test.ts", "cutOff.test.ts"];

class SuiteError extends Error {
  override name = "SuiteError";
}

/** A file whose tests failed, and what mocha said of them. */
interface Failure {
  file: string;
  report: string;
}

/** Runs files on one lab until none is left. A lab that was there before is its owner's, and stays. */
async function workOff(queue: string[], failures: Failure[], lab: string): Promise<void> {
  const env = { MYNODEONE_LAB: lab };
  const cli = (command: string, reject = true) =>
    execa("node", [join(projectRoot, "lab/cli.ts"), command], { env, all: true, reject });
  const found = (await cli("status", false)).all.includes("up    network");
  try {
    if (!found) await cli("up");
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const begun = Date.now();
      const { all, exitCode } = await execa("mocha", ["--config", "test/lab/.mocharc.json", file], {
        cwd: projectRoot,
        env,
        all: true,
        preferLocal: true,
        reject: false,
      });
      if (exitCode !== 0) failures.push({ file, report: all.split(" failing\n").at(-1) ?? "" });
      console.log(`\n── ${file} on ${lab}: ${Math.round((Date.now() - begun) / 1000)} s\n${all}`);
    }
  } finally {
    if (!found) await cli("down", false);
  }
}

function specFiles(): string[] {
  const chosen = process.argv.slice(2);
  if (chosen.length > 0) return chosen;
  const rank = (file: string) => slowest.indexOf(basename(file)) + 1 || slowest.length + 1;
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(".test.ts"))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((file) => join("test/lab", file));
}

function labCount(): number {
  const count = Number(process.env.MYNODEONE_LABS ?? 2);
  if (Number.isInteger(count) && count >= 1 && count <= 8) return count;
  throw new SuiteError(
    `MYNODEONE_LABS is ${JSON.stringify(process.env.MYNODEONE_LABS)}: use a number from 1 to 8`,
  );
}

await runMain(async () => {
  await checkPrerequisites();
  await runSteps(provisionSteps());
  const queue = specFiles();
  const failures: Failure[] = [];
  const names = [labName, ...Array.from({ length: labCount() - 1 }, (_, n) => `${labName}-${n + 2}`)];
  await Promise.all(names.slice(0, queue.length).map((name) => workOff(queue, failures, name)));
  if (failures.length === 0) return;
  // Once more, where a log of many thousand lines is read first: at its end.
  const reports = failures.map(({ file, report }) => `── ${file}\n${report}`);
  throw new SuiteError([...reports, `failed: ${failures.map(({ file }) => file).join(", ")}`].join("\n"));
});
