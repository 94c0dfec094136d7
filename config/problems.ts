/** A config that cannot be used. Nothing has been changed anywhere when it is thrown. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** Each names the key, the value and the fix. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`The config has ${count}:\n${problems.map((problem) => `  - ${problem}\n`).join("")}`.trimEnd());
    this.problems = problems;
  }
}

/** Where a value stands in the config: `["edges", 0, "publicIp"]` is `mynodeone:edges[0].publicIp`. */
export type Path = readonly (string | number)[];

export const namespace = "mynodeone";

/** A path as `pulumi config set --path` takes it, but for the quotes that a shell needs. */
export function formatPath([key, ...rest]: Path): string {
  const steps = rest.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return `${namespace}:${key ?? ""}${steps.join("")}`;
}

/** One line of a `ConfigError`: where, what is there, what to do. */
export function problem(path: Path, message: string): string {
  return `${formatPath(path)}: ${message}`;
}

const longestShown = 60;

/** A value as an error may show it: on one line, and short, as it may be a secret in the wrong place. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  const [firstLine = ""] = String(value).split("\n", 1);
  const text = firstLine.length > longestShown ? `${firstLine.slice(0, longestShown)}…` : firstLine;
  return typeof value === "string" ? JSON.stringify(text) : text;
}
