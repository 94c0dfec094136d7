/** One line of the engine's progress: `+ pulumi:index:Stash page-release-claim creating (0s)`. */
export interface Step {
  type: string;
  name: string;
  /** Such as `creating`, `created`, `deleting`. */
  what: string;
}

/** A chunk of the engine's output may contain several lines, or none about a step. */
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

/** Whether the step has begun and not ended. */
export function isUnderWay({ what }: Step): boolean {
  return what.endsWith("ing");
}

/** Whether a plugin carries out the step; the engine itself handles components and claims. */
function needsPlugin({ type }: Step): boolean {
  return !/^(mynodeone|pulumi):/.test(type);
}

/** The names of the resources whose steps plugins have completed. */
export function finished(steps: Step[]): string[] {
  return steps.filter((step) => !isUnderWay(step) && needsPlugin(step)).map(({ name }) => name);
}

/** The current steps of plugins, in order of their start. */
export function underWay(steps: Step[]): Step[] {
  const ended = new Set(finished(steps));
  return steps.filter((step) => isUnderWay(step) && needsPlugin(step) && !ended.has(step.name));
}
