/** One line of the engine's progress: `+ pulumi:index:Stash page-release-claim creating (0s)`. */
export interface Step {
  type: string;
  name: string;
  /** Such as `creating`, `created`, `deleting`. */
  what: string;
}

/** A chunk of the engine's output may hold several lines, or none that tells of a step. */
export function stepsIn(text: string): Step[] {
  const lines = text.matchAll(
    /^ ?[-+~=]{1,2} +(\S+:\S+:\S+) (\S+) (creat|updat|delet|replac|import)(ing|ed) /gm,
  );
  return [...lines].map(([, type = "", name = "", verb = "", tense = ""]) => ({
    type,
    name,
    what: verb + tense,
  }));
}

/** Whether it has begun and not come to its end. */
export function isUnderWay({ what }: Step): boolean {
  return what.endsWith("ing");
}

/** Whether a plugin does it; components and claims are the engine's alone. */
function needsPlugin({ type }: Step): boolean {
  return !/^(mynodeone|pulumi):/.test(type);
}

/** What plugins have done, by name. */
export function finished(steps: Step[]): string[] {
  return steps.filter((step) => !isUnderWay(step) && needsPlugin(step)).map(({ name }) => name);
}

/** What plugins are at, the latest last. */
export function underWay(steps: Step[]): Step[] {
  const ended = new Set(finished(steps));
  return steps.filter((step) => isUnderWay(step) && needsPlugin(step) && !ended.has(step.name));
}
