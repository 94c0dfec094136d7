import { outcomeOf, type Outcome } from "./outcome.ts";

/** The checks without a lab: scripts of package.json. */
const checks = {
  lint: ["npm", "run", "--silent", "lint"],
  unit: ["npm", "run", "--silent", "test:unit"],
  package: ["npm", "run", "--silent", "test:package"],
} as const;

export type Check = keyof typeof checks;

/** In parallel: each has a core until the first lab has booted. */
export function checkSources(names: readonly Check[]): Promise<Outcome[]> {
  return Promise.all(names.map((name) => outcomeOf(name, checks[name])));
}
