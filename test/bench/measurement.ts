import { performance } from "node:perf_hooks";

/** One thing that is measured, in one figure or several that the same run gives. */
export interface Measurement<Figure extends string = string> {
  /** How `--only` calls it. */
  name: string;
  /** What each figure is, in one sentence. */
  figures: Record<Figure, string>;
  /** How often; once for what takes minutes. */
  runs: number;
  /** Whether a lab whose stack is as declared has to be there. */
  needsLab: boolean;
  /** Whether it runs only when asked for. @default false */
  onRequest?: boolean;
  /** Comes before the first run, and is not measured. */
  prepare?: () => Promise<unknown>;
  /** One run: brings its own starting point about, and returns seconds for each figure. */
  run: () => Promise<Record<Figure, number>>;
  /** What the last run has found beside its seconds: open ports by address, by the place that they were asked from. */
  findings?: () => Record<string, Record<string, number[]>>;
  /** Comes last, also after a failure: leaves what `needsLab` promises to the next one. */
  cleanUp?: () => Promise<unknown>;
}

/** What one figure came to. */
export interface FigureResult {
  figure: string;
  what: string;
  /** Seconds, in the order of the runs. */
  runs: number[];
  median: number;
  min: number;
  max: number;
}

/** A measurement's figures, or why there are none. */
export interface MeasurementResult {
  name: string;
  figures: FigureResult[];
  findings?: Record<string, Record<string, number[]>>;
  error?: string;
}

/** Runs one measurement and tells of each run. A failure ends this measurement, not the others. */
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

/** How many seconds `work` takes. */
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
