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

/** The result of an operation on the stack, as far as callers need it. */
export interface StackResult {
  /** Number of resources by step: `same`, `create`, `update`, `replace`, `delete`. */
  changes: OpMap;
  /** The result of a `plan`. */
  plan?: PreviewedPlan;
}

export interface StackRequest {
  /** `cancel` removes the lock that a killed engine has left. `plan` is a preview, with what it opens and closes. */
  operation: "up" | "preview" | "destroy" | "refresh" | "cancel" | "plan";
  /** Replaces the apps of Pulumi.lab.yaml. */
  apps?: Record<string, AppOptions>;
  /** Replaces the lab's whole config: `labConfig()` with a test's changes. */
  config?: LabConfig;
  /** Overrides the lab's own secrets; null omits one. */
  secrets?: Record<string, string | null>;
  /** Environment variables of the engine and the program, besides the lab's own. */
  environment?: Record<string, string>;
  /** Whether the engine first refreshes its state. @default false */
  refresh?: boolean;
  /** Whether the engine's events are also printed, one line of JSON each. @default false */
  events?: boolean;
}

/**
 * Runs the program on the lab, in this process, through the Automation API.
 *
 * It has to run in a network that reaches the hosts: `lab/operator.ts` starts it in the laptop's network.
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

/** Each encryption starts the engine, so secrets whose digests show that they are in the config already are kept. */
async function encryptChanged(secrets: Record<string, string>, config: object): Promise<void> {
  const file = join(workDir, "encrypted-secrets.json");
  const digests = (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}) as Record<string, string>;
  for (const [key, value] of Object.entries(secrets)) {
    const digest = createHash("sha256").update(value).digest("hex");
    if (key in config && digests[key] === digest) continue;
    // An interrupted run must not leave the mark of a completed one.
    rmSync(file, { force: true });
    await encrypt(key, value);
    digests[key] = digest;
    writeFileSync(file, JSON.stringify(digests));
  }
}

/** By stdin, because the Automation API passes the value as a command line argument, which every user can read. */
async function encrypt(key: string, value: string): Promise<void> {
  await run(tool("pulumi"), ["config", "set", "--secret", "--stack", stackName, key], {
    cwd: workDir,
    env: engineEnvironment,
    input: value,
  });
}
