import {
  LocalWorkspace,
  PulumiCommand,
  type InlineProgramArgs,
  type LocalWorkspaceOptions,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { cacheRoot, paths } from "./paths.ts";

/** Opens a stack with the lab's engine, and creates it if it does not exist. */
export async function openStack(program: InlineProgramArgs, options: LocalWorkspaceOptions): Promise<Stack> {
  return LocalWorkspace.createOrSelectStack(program, {
    pulumiHome: paths.pulumiHome,
    pulumiCommand: await PulumiCommand.get({ root: cacheRoot }),
    ...options,
  });
}

/**
 * Skips the outputs and the history that the Automation API requests after each operation, since each request starts
 * the engine again. Results then have no `outputs` and no `summary`.
 */
export function withoutReports(stack: Stack): Stack {
  return Object.assign(stack, {
    outputs: () => Promise.resolve({}),
    info: () => Promise.resolve(undefined),
  });
}
