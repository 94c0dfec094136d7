import { cpus, release, totalmem } from "node:os";
import type { MeasurementResult } from "./measurement.ts";

/** The measurements with their machine, without which a figure means nothing. */
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

/** One line per figure, in seconds; below, one line for each vantage point and address. */
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
  const figures = aligned([["seconds", "median", "min", "max", "runs", ""], ...rows], [1, 2, 3, 4]);
  const asked = measurements.flatMap(({ findings = {} }) => Object.entries(findings)).flatMap(openPorts);
  const scanned = asked.length === 0 ? [] : ["", ...aligned([["from", "to", "open ports"], ...asked])];
  const { processor, cores, memoryGigabytes, kernel, node } = machine;
  const where = `${processor}, ${cores} cores, ${memoryGigabytes} GB, Linux ${kernel}, Node ${node}`;
  return [where, "", ...figures, ...scanned].join("\n");
}

function openPorts([place, found]: [string, Record<string, number[]>]): string[][] {
  return Object.entries(found).map(([address, ports]) => [place, address, ports.join(" ") || "none"]);
}

/** The lines of a table; the last column is not padded. */
function aligned(lines: string[][], toTheRight: readonly number[] = []): string[] {
  const columns = Math.max(...lines.map(({ length }) => length)) - 1;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines.map((line) =>
    line
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return toTheRight.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}
