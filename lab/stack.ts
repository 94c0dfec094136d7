import {
  LocalWorkspace,
  PulumiCommand,
  type EngineEvent,
  type OpMap,
  type OutputMap,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import program from "../index.ts";
import { cacheRoot, paths, projectRoot } from "./paths.ts";
import { stackConfig, type AppOptions } from "./stackConfig.ts";

/** What an operation on the stack did, as its caller asks about it. */
export interface StackResult {
  /** Resources by what happened to them: `same`, `create`, `update`, `replace`, `delete`. */
  changes: OpMap;
  /** None after a `destroy`. */
  outputs: OutputMap;
}

export type StackOperation = "up" | "preview" | "destroy" | "refresh";

export interface StackRequest {
  operation: StackOperation;
  /** The apps in place of those of Pulumi.lab.yaml. */
  apps?: Record<string, AppOptions>;
}

/**
 * Runs the program on the lab, in this process, through the Automation API.
 *
 * Has to run where the hosts can be reached: `lab/operator.ts` is this in the laptop's network.
 */
export async function operate(request: StackRequest, onOutput: (text: string) => void): Promise<StackResult> {
  const stack = await openStack();
  await stack.setAllConfig(stackConfig(request.apps));
  const events: EngineEvent[] = [];
  const options = { onOutput, onEvent: (event: EngineEvent) => void events.push(event), color: "never" };
  await stack[request.operation](options as never);
  const summary = events.find((event) => event.summaryEvent)?.summaryEvent;
  return {
    changes: summary?.resourceChanges ?? {},
    outputs: request.operation === "destroy" ? {} : await stack.outputs(),
  };
}

async function openStack(): Promise<Stack> {
  const workDir = join(paths.lab, "stack");
  const state = join(paths.lab, "state");
  for (const directory of [workDir, state]) mkdirSync(directory, { recursive: true });
  return LocalWorkspace.createOrSelectStack(
    { stackName: "lab", projectName: "mynodeone", program },
    {
      workDir,
      pulumiHome: paths.pulumiHome,
      pulumiCommand: await PulumiCommand.get({ root: cacheRoot }),
      projectSettings: {
        name: "mynodeone",
        runtime: "nodejs",
        main: projectRoot,
        backend: { url: `file://${state}` },
      },
      envVars: {
        // The state of a lab is as secret as the lab: its keys lie beside it.
        PULUMI_CONFIG_PASSPHRASE: "lab",
        // What is missing must be an error here: there is no internet to fetch it from.
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    },
  );
}
