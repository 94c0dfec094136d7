import type { Phrase } from "./phrase.ts";

/**
 * What a change does to who can reach an app: `opens` where somebody can who could not before, `closes` where
 * somebody no longer can, `changes` otherwise. One that does both opens.
 */
export type Effect = "opens" | "closes" | "changes";

/** One thing that is different about an app. */
export interface Change {
  effect: Effect;
  text: Phrase;
}
