import type { Outcome } from "./outcome.ts";

/** Thrown if tests failed or could not be run. */
export class SuiteError extends Error {
  override name = "SuiteError";
}

/** Prints the failures again, and finally one line with all counts. Throws unless all passed. */
export function report(command: string, outcomes: readonly Outcome[], milliseconds: number): void {
  const total = (key: "passed" | "failed" | "skipped") =>
    outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
  for (const { name, failures } of outcomes.filter(({ failed }) => failed > 0))
    console.log(`── ${name}\n${failures}`);
  const counts = `${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped`;
  const [minutes, seconds] = [Math.floor(milliseconds / 60_000), Math.floor((milliseconds / 1000) % 60)];
  console.log(`\n${command}: ${counts} in ${minutes} min ${seconds} s`);
  // A machine that can run a lab can run every test.
  if (total("failed") + total("skipped") > 0 || total("passed") === 0) {
    throw new SuiteError(`${command} has not passed`);
  }
}
