import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stackName, stateDir } from "./engine.ts";

/** The stack's state as last saved by the engine: https://www.pulumi.com/docs/iac/concepts/state-and-backends/ */
export interface SavedState {
  resources: { urn: string; type: string; custom: boolean }[];
  /** Operations that the engine has begun and whose end it has not yet recorded. */
  pending_operations?: { resource: { urn: string } }[];
}

export function savedState(): SavedState {
  const file = join(stateDir, ".pulumi", "stacks", "mynodeone", `${stackName}.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest: SavedState } }).checkpoint.latest;
}
