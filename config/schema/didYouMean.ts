import { closestMatch } from "leven";

/** The candidate that `text` is probably a misspelling of; at most a third of its letters may differ. */
export function didYouMean(text: string, candidates: readonly string[]): string | undefined {
  const maxDistance = Math.max(1, Math.floor(text.length / 3));
  const lowerCase = candidates.map((candidate) => candidate.toLowerCase());
  const closest = closestMatch(text.toLowerCase(), lowerCase, { maxDistance });
  return closest === undefined ? undefined : candidates[lowerCase.indexOf(closest)];
}
