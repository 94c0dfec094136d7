import {
  LocalWorkspace,
  PulumiCommand,
  type InlineProgramArgs,
  type LocalWorkspaceOptions,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { cacheRoot, paths } from "./paths.ts";

/** Opens a stack by the lab's engine, and makes it if it is not there. */
export async function openStack(program: InlineProgramArgs, options: LocalWorkspaceOptions): Promise<Stack> {
  return LocalWorkspace.createOrSelectStack(program, {
    pulumiHome: paths.pulumiHome,
    pulumiCommand: await PulumiCommand.get({ root: cacheRoot }),
    ...options,
  });
}

/**
 * Skips the outputs and the history that the Automation API asks for after each operation: each starts the engine once
 * more. Results then have no `outputs` and no `summary`.
 */
export function withoutReports(stack: Stack): Stack {
  return Object.assign(stack, {
    outputs: () => Promise.resolve({}),
    info: () => Promise.resolve(undefined),
  });
}
