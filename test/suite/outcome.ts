import { execa } from "execa";
import { projectRoot } from "../../lab/paths.ts";

/** The result of a check or of a job. */
export interface Outcome {
  name: string;
  seconds: number;
  passed: number;
  failed: number;
  skipped: number;
  /** The number of failures in its output. */
  failures: string;
}

/** Number of lines shown of a failed program: enough for its failures and the state of the hosts. */
const shownLines = 200;

/**
 * Runs the program in the project. At the end it shows one line, and after a failure the end of the program's output.
 */
export async function outcomeOf(
  name: string,
  [program = "", ...args]: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const begun = Date.now();
  const { all, exitCode } = await execa(program, args, {
    cwd: projectRoot,
    env,
    all: true,
    preferLocal: true,
    reject: false,
  });
  const seconds = Math.round((Date.now() - begun) / 1000);
  const failing = count(all, "failing");
  const outcome = {
    ...{ name, seconds },
    passed: count(all, "passing"),
    // A type error is one failure, and so is a mocha that was killed.
    failed: exitCode === 0 ? failing : Math.max(1, failing),
    skipped: count(all, "pending"),
    failures: exitCode === 0 ? "" : (all.split(" failing\n").at(-1) ?? ""),
  };
  console.log(lineOf(outcome));
  if (exitCode !== 0) console.log(`${all.split("\n").slice(-shownLines).join("\n")}\n`);
  return outcome;
}

function lineOf({ name, seconds, passed, failed, skipped }: Outcome): string {
  const counts = Object.entries({ passed, failed, skipped }).filter(([, number]) => number > 0);
  const what = counts.map(([word, number]) => `${number} ${word}`).join(", ");
  return `${failed > 0 ? "✖" : "✔"} ${name.padEnd(24)} ${String(seconds).padStart(4)} s  ${what}`;
}

/** Sums mocha's summary lines, such as `  12 passing (3s)`. */
function count(output: string, word: string): number {
  const lines = output.matchAll(new RegExp(`^ +(\\d+) ${word}(?: \\(.*\\))?$`, "gm"));
  return [...lines].reduce((total, [, number]) => total + Number(number), 0);
}
