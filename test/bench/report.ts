import { cpus, release, totalmem } from "node:os";
import type { MeasurementResult } from "./measurement.ts";

/** What was measured, and on what: a figure without its machine says nothing. */
export interface BenchReport {
  date: string;
  machine: { processor: string; cores: number; memoryGigabytes: number; kernel: string; node: string };
  unit: "s";
  measurements: MeasurementResult[];
}

export function describeRun(measurements: MeasurementResult[]): BenchReport {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    machine: {
      processor: processors[0]?.model ?? "unknown",
      cores: processors.length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
      node: process.version,
    },
    unit: "s",
    measurements,
  };
}

/** One line a figure, in seconds. */
export function renderTable({ machine, measurements }: BenchReport): string {
  const rows = measurements.flatMap(({ name, figures, error }) => [
    ...figures.map(({ figure, median, min, max, runs, what }) => [
      figure,
      ...[median, min, max].map((value) => value.toFixed(2)),
      String(runs.length),
      what,
    ]),
    ...(error === undefined ? [] : [[name, "failed", "", "", "", error.split("\n", 1)[0] ?? ""]]),
  ]);
  const lines = [["seconds", "median", "min", "max", "runs", ""], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const table = lines.map((line) =>
    line
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd(),
  );
  const { processor, cores, memoryGigabytes, kernel, node } = machine;
  const where = `${processor}, ${cores} cores, ${memoryGigabytes} GB, Linux ${kernel}, Node ${node}`;
  return [where, "", ...table].join("\n");
}
