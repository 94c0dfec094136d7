import { performance } from "node:perf_hooks";

/** One measurement, with one or more figures from the same run. */
export interface Measurement<Figure extends string = string> {
  /** Its name for `--only`. */
  name: string;
  /** The meaning of each figure, in one sentence. */
  figures: Record<Figure, string>;
  /** The number of runs; 1 for measurements that take minutes. */
  runs: number;
  /** Whether it requires a lab with the declared stack. */
  needsLab: boolean;
  /** Whether it runs only on request. @default false */
  onRequest?: boolean;
  /** Called before the first run, and not measured. */
  prepare?: () => Promise<unknown>;
  /** One run: prepares its own starting point, and returns the seconds of each figure. */
  run: () => Promise<Record<Figure, number>>;
  /** Other results of the last run: open ports by address, by vantage point. */
  findings?: () => Record<string, Record<string, number[]>>;
  /** Called last, even after a failure: restores the lab that `needsLab` promises to the next measurement. */
  cleanUp?: () => Promise<unknown>;
}

/** The result of one figure. */
export interface FigureResult {
  figure: string;
  what: string;
  /** Seconds of each run, in order. */
  runs: number[];
  median: number;
  min: number;
  max: number;
}

/** A measurement's figures, or the reason of its failure. */
export interface MeasurementResult {
  name: string;
  figures: FigureResult[];
  findings?: Record<string, Record<string, number[]>>;
  error?: string;
}

/** Runs one measurement and reports each run. A failure ends this measurement, not the others. */
export async function measure(
  measurement: Measurement,
  runs: number,
  report: (line: string) => void,
): Promise<MeasurementResult> {
  const { name } = measurement;
  const taken: Record<string, number>[] = [];
  let error: string | undefined;
  const attempt = async (step: (() => Promise<unknown>) | undefined) => {
    try {
      await step?.();
    } catch (thrown) {
      error ??= thrown instanceof Error ? thrown.message : String(thrown);
    }
  };

  await attempt(async () => {
    await measurement.prepare?.();
    for (let run = 1; run <= runs; run++) {
      const seconds = await measurement.run();
      taken.push(seconds);
      report(`${name} ${run}/${runs}: ${formatRun(seconds)}`);
    }
  });
  await attempt(measurement.cleanUp);
  if (error !== undefined) report(`${name} failed: ${error}`);

  const figures = Object.entries(measurement.figures).flatMap(([figure, what]) => {
    const values = taken.flatMap((seconds) => seconds[figure] ?? []);
    return values.length === 0 ? [] : [{ figure, what, ...summarise(values) }];
  });
  const findings = measurement.findings?.();
  return { name, figures, ...(findings && { findings }), ...(error === undefined ? {} : { error }) };
}

/** The duration of `work` in seconds. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function formatRun(seconds: Record<string, number>): string {
  return Object.entries(seconds)
    .map(([figure, value]) => `${figure} ${value.toFixed(2)} s`)
    .join(", ");
}

function summarise(values: number[]): Pick<FigureResult, "runs" | "median" | "min" | "max"> {
  const runs = values.map((value) => Math.round(value * 1000) / 1000);
  const sorted = [...runs].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    runs,
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}
