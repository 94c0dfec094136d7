import type { z } from "zod";
import type { Path, Problem } from "./problems.ts";

/** Whether the value has this union branch's kind, so that its errors are relevant. */
function isOfItsKind(issues: z.core.$ZodIssue[]): boolean {
  return !issues.some(({ code, path }) => code === "invalid_type" && path.length === 0);
}

/** Checks values one after another and records all problems, to report them at once. */
export class Reader {
  readonly problems: Problem[] = [];

  /** The value with its defaults; `undefined` if it has problems, which are recorded. */
  read<Schema extends z.ZodType>(schema: Schema, value: unknown, path: Path): z.output<Schema> | undefined {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.keep(issue, path);
    return undefined;
  }

  private keep(issue: z.core.$ZodIssue, path: Path): void {
    const at = [...path, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
    if (issue.code === "unrecognized_keys") {
      for (const [index, message] of issue.message.split("\n").entries()) {
        this.reportKey([...at, issue.keys[index] ?? ""], message);
      }
    } else if (issue.code === "invalid_union") {
      const [first = []] = issue.errors;
      for (const one of issue.errors.find(isOfItsKind) ?? first) this.keep(one, at);
    } else {
      this.report(at, issue.message);
    }
  }

  /** Reports a problem of an app's option, unless a problem within or around it is already recorded. */
  reportOnce(path: Path, message: string): void {
    if (!this.#hasProblemAt(path)) this.report(path, message);
  }

  /** Problems of the app as a whole do not count: they must not hide its options' problems. */
  #hasProblemAt(path: Path): boolean {
    const ofApp: Path = ["apps", "<name>"];
    return this.problems.some((one) => {
      const common = Math.min(one.path.length, path.length);
      return common > ofApp.length && path.slice(0, common).every((step, index) => step === one.path[index]);
    });
  }

  report(path: Path, message: string): void {
    this.problems.push({ path, message });
  }

  reportKey(path: Path, message: string): void {
    this.problems.push({ path, message, ofKey: true });
  }
}
