import type { z } from "zod";
import { problem } from "./problems.ts";
import type { Path } from "./problems.ts";

/** Checks one value after another and keeps what is wrong with any of them, so that all is reported at once. */
export class Reader {
  readonly problems: string[] = [];

  /** The value with its defaults filled in; `undefined` where it has problems, which are kept. */
  read<Schema extends z.ZodType>(schema: Schema, value: unknown, path: Path): z.output<Schema> | undefined {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const at = [...path, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
      if (issue.code !== "unrecognized_keys") {
        this.report(at, issue.message);
        continue;
      }
      for (const [index, message] of issue.message.split("\n").entries()) {
        this.report([...at, issue.keys[index] ?? ""], message);
      }
    }
    return undefined;
  }

  report(path: Path, message: string): void {
    this.problems.push(problem(path, message));
  }
}
