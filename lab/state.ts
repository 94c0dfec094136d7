import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stackName, stateDir } from "./engine.ts";

/** Of the stack's state, as its engine has saved it last: https://www.pulumi.com/docs/iac/concepts/state-and-backends/ */
export interface SavedState {
  resources: { urn: string; type: string; custom: boolean }[];
  /** What the engine has begun with, and not yet seen come to its end. */
  pending_operations?: { resource: { urn: string } }[];
}

export function savedState(): SavedState {
  const file = join(stateDir, ".pulumi", "stacks", "mynodeone", `${stackName}.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest: SavedState } }).checkpoint.latest;
}
