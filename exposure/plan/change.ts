import type { Phrase } from "./phrase.ts";

/**
 * How a change affects who can reach an app: `opens` if somebody gains access, `closes` if somebody loses it, `changes`
 * otherwise. A change that does both opens.
 */
export type Effect = "opens" | "closes" | "changes";

/** One difference of an app. */
export interface Change {
  effect: Effect;
  text: Phrase;
}
