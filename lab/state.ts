import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stackName, stateDir } from "./engine.ts";

/** The stack's state as last saved by the engine: https://www.pulumi.com/docs/iac/concepts/state-and-backends/ */
export interface SavedState {
  resources: { urn: string; type: string; custom: boolean }[];
  /** Operations that the engine has begun and whose end it has not yet recorded. */
  pending_operations?: { resource: { urn: string } }[];
}

export const stateFile = join(stateDir, ".pulumi", "stacks", "mynodeone", `${stackName}.json`);

export function savedState(): SavedState {
  return (JSON.parse(readFileSync(stateFile, "utf8")) as { checkpoint: { latest: SavedState } }).checkpoint
    .latest;
}
