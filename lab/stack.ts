import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import type { EngineEvent, OpMap, OutputMap, PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import declaredProgram from "../index.ts";
import { previewPlan, type PreviewedPlan } from "../plan/preview.ts";
import { engineEnvironment, stackName, stateDir, workDir } from "./engine.ts";
import { cacheRoot, paths, projectRoot, tool } from "./paths.ts";
import { run } from "./run.ts";
import { labConfig, stackConfig, stackSecrets, type AppOptions, type LabConfig } from "./stackConfig.ts";

/** What an operation on the stack did, as its caller asks about it. */
export interface StackResult {
  /** Resources by what happened to them: `same`, `create`, `update`, `replace`, `delete`. */
  changes: OpMap;
  /** None but after an `up`. */
  outputs: OutputMap;
  /** What a `plan` found. */
  plan?: PreviewedPlan;
}

export interface StackRequest {
  /** `cancel` takes away the lock that a killed engine has left. `plan` is a preview, and what it opens and closes. */
  operation: "up" | "preview" | "destroy" | "refresh" | "cancel" | "plan";
  /** The apps in place of those of Pulumi.lab.yaml. */
  apps?: Record<string, AppOptions>;
  /** The whole config in place of the lab's own: `labConfig()`, with whatever a test changes in it. */
  config?: LabConfig;
  /** Laid over the lab's own secrets. */
  secrets?: Record<string, string>;
  /** Whether the engine first asks what is still there of what it has made. @default false */
  refresh?: boolean;
  /** Whether the engine's events are shown too, a line of JSON each. @default false */
  events?: boolean;
}

/**
 * Runs the program on the lab, in this process, through the Automation API.
 *
 * Has to run where the hosts can be reached: `lab/operator.ts` is this in the laptop's network.
 */
export async function operate(
  request: StackRequest,
  onOutput: (text: string) => void,
  program: PulumiFn = declaredProgram,
): Promise<StackResult> {
  const stack = await openStack(program);
  if (request.operation === "cancel") {
    await stack.cancel();
    return { changes: {}, outputs: {} };
  }
  await configure(stack, request);
  if (request.operation === "plan") {
    return { changes: {}, outputs: {}, plan: await previewPlan(stack, onOutput) };
  }
  let changes: OpMap = {};
  const onEvent = (event: EngineEvent) => {
    if (event.summaryEvent) changes = event.summaryEvent.resourceChanges;
    if (request.events) onOutput(`${JSON.stringify(event)}\n`);
  };
  const options = { onOutput, onError: onOutput, onEvent, color: "never" as const, refresh: request.refresh };
  const result = await stack[request.operation](options);
  return { changes, outputs: (result as { outputs?: OutputMap }).outputs ?? {} };
}

async function openStack(program: PulumiFn): Promise<Stack> {
  for (const directory of [workDir, stateDir]) mkdirSync(directory, { recursive: true });
  return LocalWorkspace.createOrSelectStack(
    { stackName, projectName: "mynodeone", program },
    {
      workDir,
      pulumiHome: paths.pulumiHome,
      pulumiCommand: await PulumiCommand.get({ root: cacheRoot }),
      projectSettings: { name: "mynodeone", runtime: "nodejs", main: projectRoot },
      envVars: engineEnvironment,
    },
  );
}

/** Writes the stack's config file. Secrets are encrypted once a lab: they change with it alone. */
async function configure({ workspace }: Stack, request: StackRequest): Promise<void> {
  const secrets = { ...stackSecrets(), ...request.secrets };
  const digest = createHash("sha256").update(JSON.stringify(secrets)).digest("hex");
  const encrypted = join(workDir, "encrypted-secrets");
  if (!existsSync(encrypted) || readFileSync(encrypted, "utf8") !== digest) {
    // A run that is cut off in between must not leave the mark of whole ones.
    rmSync(encrypted, { force: true });
    for (const [key, value] of Object.entries(secrets)) await encrypt(key, value);
    writeFileSync(encrypted, digest);
  }
  const settings = await workspace.stackSettings(stackName);
  const kept = Object.entries(settings.config ?? {}).filter(([key]) => key in secrets);
  await workspace.saveStackSettings(stackName, {
    ...settings,
    config: { ...stackConfig(request.config ?? labConfig(), request.apps), ...Object.fromEntries(kept) },
  });
}

/** By stdin: the Automation API's own way puts the value among the command's arguments, for all to see. */
async function encrypt(key: string, value: string): Promise<void> {
  await run(tool("pulumi"), ["config", "set", "--secret", "--stack", stackName, key], {
    cwd: workDir,
    env: engineEnvironment,
    input: value,
  });
}
