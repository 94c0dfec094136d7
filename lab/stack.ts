import type { EngineEvent, OpMap, PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import declaredProgram from "../index.ts";
import { previewPlan, type PreviewedPlan } from "../exposure/plan/preview.ts";
import { openStack, withoutReports } from "./automation.ts";
import { engineEnvironment, stackName, stateDir, workDir } from "./engine.ts";
import { projectRoot, tool } from "./paths.ts";
import { run } from "./run.ts";
import { labConfig, stackConfig, stackSecrets, type AppOptions, type LabConfig } from "./stackConfig.ts";

/** What an operation on the stack did, as its caller asks about it. */
export interface StackResult {
  /** Resources by what happened to them: `same`, `create`, `update`, `replace`, `delete`. */
  changes: OpMap;
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
  /** Laid over the lab's own secrets; null leaves one out. */
  secrets?: Record<string, string | null>;
  /** Variables for the engine and the program, besides the lab's own. */
  environment?: Record<string, string>;
  /** Whether the engine first asks what is still there of what it has made. @default false */
  refresh?: boolean;
  /** Whether the engine's events are shown too, a line of JSON each. @default false */
  events?: boolean;
}

/**
 * Runs the program on the lab, in this process, through the Automation API.
 *
 * Has to run where the hosts can be reached: `lab/operator.ts` starts it in the laptop's network.
 */
export async function operate(
  request: StackRequest,
  onOutput: (text: string) => void,
  program: PulumiFn = declaredProgram,
): Promise<StackResult> {
  const stack = await openLabStack(program, request.environment);
  if (request.operation === "cancel") {
    await stack.cancel();
    return { changes: {} };
  }
  await configure(stack, request);
  if (request.operation === "plan") {
    return { changes: {}, plan: await previewPlan(stack, onOutput) };
  }
  let changes: OpMap = {};
  const onEvent = (event: EngineEvent) => {
    if (event.summaryEvent) changes = event.summaryEvent.resourceChanges;
    if (request.events) onOutput(`${JSON.stringify(event)}\n`);
  };
  const options = { onOutput, onError: onOutput, onEvent, color: "never" as const, refresh: request.refresh };
  await withoutReports(stack)[request.operation](options);
  return { changes };
}

async function openLabStack(program: PulumiFn, environment: Record<string, string> = {}): Promise<Stack> {
  Object.assign(process.env, environment);
  for (const directory of [workDir, stateDir]) mkdirSync(directory, { recursive: true });
  return openStack(
    { stackName, projectName: "mynodeone", program },
    {
      workDir,
      projectSettings: { name: "mynodeone", runtime: "nodejs", main: projectRoot },
      envVars: { ...engineEnvironment, ...environment },
    },
  );
}

/** Writes the stack's config file. */
async function configure({ workspace }: Stack, request: StackRequest): Promise<void> {
  const given: Record<string, string | null> = { ...stackSecrets(), ...request.secrets };
  const secrets = Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null),
  );
  await encryptChanged(secrets, (await workspace.stackSettings(stackName)).config ?? {});
  const settings = await workspace.stackSettings(stackName);
  const kept = Object.entries(settings.config ?? {}).filter(([key]) => key in secrets);
  await workspace.saveStackSettings(stackName, {
    ...settings,
    config: { ...stackConfig(request.config ?? labConfig(), request.apps), ...Object.fromEntries(kept) },
  });
}

/** Each encryption starts the engine: those that are in the config already, as their digests tell, stay. */
async function encryptChanged(secrets: Record<string, string>, config: object): Promise<void> {
  const file = join(workDir, "encrypted-secrets.json");
  const digests = (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}) as Record<string, string>;
  for (const [key, value] of Object.entries(secrets)) {
    const digest = createHash("sha256").update(value).digest("hex");
    if (key in config && digests[key] === digest) continue;
    // A run that is cut off in between must not leave the mark of one that was not.
    rmSync(file, { force: true });
    await encrypt(key, value);
    digests[key] = digest;
    writeFileSync(file, JSON.stringify(digests));
  }
}

/** By stdin: the Automation API's own way puts the value among the command's arguments, for all to see. */
async function encrypt(key: string, value: string): Promise<void> {
  await run(tool("pulumi"), ["config", "set", "--secret", "--stack", stackName, key], {
    cwd: workDir,
    env: engineEnvironment,
    input: value,
  });
}
