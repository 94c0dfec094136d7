import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stateDir } from "../../lab/engine.ts";
import { OperationError, runStack, startStack } from "../../lab/operator.ts";
import { packageOf } from "../../lab/plugins/install.ts";
import { poll } from "../../lab/poll.ts";
import { descendantsOf, processOf, stillRuns, type Process } from "../../lab/process.ts";
import type { StackRequest } from "../../lab/stack.ts";
import { savedState } from "../../lab/state.ts";
import { isUnderWay, stepsIn, underWay, type Step } from "./steps.ts";

/**
 * The process that is ended in the middle of an operation: the user's program, Pulumi's engine, or the active plugin.
 */
export type Victim = "program" | "engine" | "plugin";

export interface Cut {
  victim: Victim;
  /** Sent one after the other. @default ["SIGKILL"] */
  signals?: ("SIGKILL" | "SIGINT")[];
  /** Whether this is the moment: called after each step of the engine with all steps so far. */
  when: (steps: Step[]) => boolean;
  /** Awaited before the victim is ended. @default nothing */
  until?: () => Promise<unknown>;
  /**
   * Awaited after `until` with the engine halted, which is then the victim: it cannot record what its plugins do.
   * @default nothing
   */
  untilHalted?: () => Promise<unknown>;
  /** Whether to wait until no process of the operation runs: plugins outlive their engine. @default true */
  toTheLast?: boolean;
}

/** The operation ended before the moment came; `cause` is its own failure, if it failed. */
export class NotCutOffError extends Error {
  override name = "NotCutOffError";
}

/** The engine was halted too late: it has already recorded what its plugin did. */
export class WrittenDownError extends Error {
  override name = "WrittenDownError";
}

/**
 * Like `cutOff`, but starts again if the engine was halted too late.
 *
 * @param prepare brings the stack to the starting point of the operation
 */
export async function cutOffUnwritten(
  prepare: () => Promise<unknown>,
  request: StackRequest,
  cut: Cut,
): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    await prepare();
    try {
      await cutOff(request, cut);
      return;
    } catch (error) {
      if (!(error instanceof WrittenDownError) || attempts === 5) throw error;
      await unlock();
    }
  }
}

/**
 * Starts an operation and ends the victim at the given moment. Throws if the operation ended before.
 *
 * @returns the engine's steps until then
 */
export async function cutOff(request: StackRequest, cut: Cut): Promise<Step[]> {
  const { victim, signals = ["SIGKILL"], when, until, untilHalted, toTheLast = true } = cut;
  const steps: Step[] = [];
  let output = "";
  let ending: Promise<void> | undefined;
  let family: Process[] = [];
  let engine: Process | undefined;
  const operation = startStack(request, (text) => {
    output += text;
    for (const step of stepsIn(text)) {
      if (ending) return;
      steps.push(step);
      // Found beforehand, so that it can be halted at once.
      if (untilHalted) engine ??= engineOf(familyOf(operation.pid));
      if (!when(steps)) continue;
      if (engine && !until) signal(engine, "SIGSTOP");
      family = familyOf(operation.pid);
      ending = (async () => {
        const chosen = choose(victim, family, steps);
        await until?.();
        if (engine && untilHalted) await whileHalted(engine, untilHalted);
        await end(chosen, signals);
      })();
      // Reported below, when the operation has ended.
      ending.catch(() => undefined);
    }
  });
  const failure = await operation.result.then(
    () => undefined,
    (error: unknown) => error,
  );
  await ending;
  if (!ending || !(failure instanceof OperationError)) {
    throw new NotCutOffError(`the ${request.operation} was not cut off:\n${output}`, { cause: failure });
  }
  if (toTheLast) await ended(family);
  const { name = "" } = steps.at(-1) ?? {};
  if (untilHalted && !isPending(name)) throw new WrittenDownError(`${name} is done, says the state`);
  return steps;
}

/** Whether the state has a pending operation for a resource with this name. */
function isPending(name: string): boolean {
  const { pending_operations: pending = [] } = savedState();
  return pending.some(({ resource }) => resource.urn.endsWith(`::${name}`));
}

/** Removes the lock as a user does after checking that no process holds it. */
export async function unlock(): Promise<void> {
  if (hasLock()) await runStack({ operation: "cancel" });
}

export function hasLock(): boolean {
  const locks = join(stateDir, ".pulumi", "locks");
  const left = existsSync(locks) ? readdirSync(locks, { recursive: true, encoding: "utf8" }) : [];
  return left.some((name) => name.endsWith(".json"));
}

/** Whether the engine has just begun an operation on a resource with such a name. */
export const isAt = (name: RegExp) => (steps: Step[]) =>
  steps.slice(-1).some((step) => name.test(step.name) && isUnderWay(step));

async function ended(family: Process[]): Promise<void> {
  await poll(
    () => {
      const left = family.filter(stillRuns);
      if (left.length > 0) throw new Error(left.map(({ command }) => command.join(" ")).join("\n"));
    },
    { what: "the rest of the operation to end", timeout: 120_000, interval: 200 },
  );
}

/**
 * The engine reports a step before it calls the plugin. Halted in between, it would never call it, so it is continued
 * for short moments: too short to record what the plugin does, which is checked all the time.
 */
async function whileHalted(engine: Process, work: () => Promise<unknown>): Promise<void> {
  signal(engine, "SIGSTOP");
  let moment: NodeJS.Timeout | undefined;
  const nudge = setInterval(() => {
    signal(engine, "SIGCONT");
    moment = setTimeout(signal, 5, engine, "SIGSTOP");
  }, 3000);
  try {
    await work();
  } catch (error) {
    clearTimeout(moment);
    signal(engine, "SIGCONT");
    throw error;
  } finally {
    clearInterval(nudge);
  }
}

async function end(victim: Process, signals: NodeJS.Signals[]): Promise<void> {
  for (const [index, each] of signals.entries()) {
    // Two signals at the same time would be received as one.
    if (index > 0) await sleep(300);
    signal(victim, each);
  }
}

/** Sends a signal to the process, if it still exists. */
function signal(receiver: Process, name: NodeJS.Signals): void {
  if (stillRuns(receiver)) process.kill(receiver.pid, name);
}

/** All processes of the operation, the program first. */
function familyOf(pid: number): Process[] {
  return [processOf(pid), ...descendantsOf(pid)].filter((one) => one !== undefined);
}

function choose(victim: Victim, family: Process[], steps: Step[]): Process {
  if (victim === "engine") return engineOf(family);
  if (victim === "program") return existing(victim, family, (_, index) => index === 0);
  const { type = "" } = underWay(steps).at(-1) ?? {};
  return existing(victim, family, ({ command }) => packageOf(command.join(" ")) === type.split(":")[0]);
}

/** The process of Pulumi's engine in an operation. */
export function engineOf(family: Process[]): Process {
  return existing("engine", family, ({ command: [program = "", operation] }) => {
    return program.endsWith("/pulumi") && operation !== undefined;
  });
}

function existing(what: Victim, family: Process[], isIt: (one: Process, index: number) => boolean): Process {
  const found = family.find(isIt);
  if (found) return found;
  throw new Error(`no ${what} runs among:\n${family.map(({ command }) => command.join(" ")).join("\n")}`);
}
