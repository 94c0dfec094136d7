import { Listr, ListrLogger, ListrLogLevels, PRESET_TIMER, type ListrTask } from "listr2";

export interface ProgressOptions {
  /** Shows everything that the steps print. @default false: only the last line of the current step */
  verbose?: boolean;
  /** Shows nothing except a step that fails. @default false */
  quiet?: boolean;
}

/** A failed step: its name, its duration, the reason, and how to continue. */
export class StepError extends Error {
  override name = "StepError";
}

/** Runs the steps in order and shows each with its duration: as a live list on a terminal, else as plain lines. */
export async function runSteps(
  steps: ListrTask[],
  { verbose = false, quiet = false }: ProgressOptions = {},
): Promise<void> {
  const live = process.stdout.isTTY && !verbose && !quiet;
  const started = Date.now();
  const list = live
    ? new Listr<unknown, "default", "simple">(steps, {
        renderer: "default",
        rendererOptions: { timer: PRESET_TIMER, showErrorMessage: false, collapseSubtasks: false },
      })
    : new Listr<unknown, "simple", "simple">(steps, {
        renderer: "simple",
        rendererOptions: { timer: PRESET_TIMER, logger: new PlainLogger({ verbose, quiet }) },
      });
  try {
    await list.run();
  } catch (error) {
    const failed = list.tasks.find((task) => task.hasFailed());
    const reason = error instanceof Error ? error.message : String(error);
    throw new StepError(
      `${failed?.title ?? "A step"} failed after ${formatSeconds(Date.now() - started)}.\n${reason}\n` +
        "Fix this and run the same command again: it continues from here.",
      { cause: error },
    );
  }
}

/**
 * Runs a command: an error becomes one message on stderr, and exit code 1. An error of unknown kind keeps its stack
 * trace, as it is a defect of the program itself.
 */
export async function runMain(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    console.error(`\n${describe(error)}`);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.constructor === Error || error.name.endsWith("TypeError")
    ? (error.stack ?? error.message)
    : error.message;
}

function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** For logs: one line when a step starts, one when it ends, and its output only on request. */
class PlainLogger extends ListrLogger<ListrLogLevels> {
  readonly #options: Required<ProgressOptions>;

  constructor(options: Required<ProgressOptions>) {
    super({ useIcons: false });
    this.#options = options;
  }

  override log(...[level, ...rest]: Parameters<ListrLogger<ListrLogLevels>["log"]>): void {
    if (this.#options.quiet && level !== ListrLogLevels.FAILED) return;
    if (level === ListrLogLevels.OUTPUT && !this.#options.verbose) return;
    // The reason is printed once, at the end.
    if (level === ListrLogLevels.FAILED) super.log(level, rest[0]);
    else super.log(level, ...rest);
  }
}
