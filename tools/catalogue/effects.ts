import { isDeepStrictEqual } from "node:util";
import type { Values } from "../../apps/values.ts";
import type { Effect } from "./factsFile.ts";
import { leavesOf, pathText, withoutLeaf } from "./leaves.ts";

/** The objects that a chart renders from some values; `undefined` if it refuses them. */
export type Render = (values: Values) => Promise<unknown[] | undefined>;

/**
 * The effect of each value on the objects that a chart renders, found by leaving it out once. A path with the same
 * value in several of the given sets is tried in the first of them. A value without effect in any of them is a mistake.
 */
export async function effectsOf(all: readonly Values[], render: Render): Promise<Record<string, Effect>> {
  const effects = new Map<string, Effect>();
  const tried = new Set<string>();
  for (const values of all) {
    const whole = await wholeOf(values, render);
    for (const [path, value] of leavesOf(values)) {
      const text = pathText(path);
      const pair = JSON.stringify([text, value]);
      if (tried.has(pair)) continue;
      tried.add(pair);
      const effect = effectOf(whole, await render(withoutLeaf(values, path)));
      if (effects.get(text) !== "nothing") effects.set(text, effect);
    }
  }
  return Object.fromEntries(effects);
}

async function wholeOf(values: Values, render: Render): Promise<unknown[]> {
  const [whole, again] = [await render(values), await render(values)];
  if (whole === undefined) throw new Error("the chart refuses the catalogue's values");
  if (!isDeepStrictEqual(whole, again)) throw new Error("the chart renders differently each time");
  return whole;
}

function effectOf(whole: unknown[], without: unknown[] | undefined): Effect {
  if (without === undefined) return "required";
  return isDeepStrictEqual(whole, without) ? "nothing" : "changes";
}
