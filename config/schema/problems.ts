import { looksSecret } from "./secretText.ts";

/** Position of a value in the config: `["edges", 0, "publicIp"]` is `mynodeone:edges[0].publicIp`. */
export type Path = readonly (string | number)[];

/** One error of a config. */
export interface Problem {
  path: Path;
  /** The value found, and the fix. */
  message: string;
  /** Whether the key at the path is wrong, rather than its value. @default the value */
  ofKey?: boolean;
}

/** An unusable config. It is thrown before anything is changed. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(listProblems(problems.map(formatProblem)));
    this.problems = problems;
  }
}

/** The message about all problems, one per line. */
export function listProblems(lines: readonly string[]): string {
  const count = lines.length === 1 ? "1 problem" : `${lines.length} problems`;
  return `The config has ${count}:\n${lines.map((line) => `  - ${line}`).join("\n")}`;
}

export const namespace = "mynodeone";

/** A path in the syntax of `pulumi config set --path`, without the quotes that a shell needs. */
export function formatPath([key = "", ...rest]: Path): string {
  const steps = rest.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return `${withNamespace(String(key))}${steps.join("")}`;
}

/** A key with its namespace; another provider's key already has one. */
export function withNamespace(key: string): string {
  return key.includes(":") ? key : `${namespace}:${key}`;
}

/** One line: position, value found, fix. */
export function formatProblem({ path, message }: Problem): string {
  return `${formatPath(path)}: ${message}`;
}

const longestShown = 60;

/** A value for an error message: short, on one line, and hidden if it may be a misplaced secret. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  const whole = String(value);
  const secret = looksSecret(whole);
  if (secret !== undefined) return `what looks like ${secret}`;
  const [firstLine = ""] = whole.split("\n", 1);
  const text = firstLine.length > longestShown ? `${firstLine.slice(0, longestShown)}…` : firstLine;
  return typeof value === "string" ? JSON.stringify(text) : text;
}
