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
 * Leaves out what the Automation API asks for after each operation: outputs and history, which are three more starts
 * of the engine, a quarter of all that an unchanged `up` computes. Results have neither `outputs` nor `summary` then.
 */
export function withoutReports(stack: Stack): Stack {
  return Object.assign(stack, {
    outputs: () => Promise.resolve({}),
    info: () => Promise.resolve(undefined),
  });
}
