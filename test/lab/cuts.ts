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

/** Who is ended in the middle of an operation: the user's program, Pulumi's engine, or the plugin at work. */
export type Victim = "program" | "engine" | "plugin";

export interface Cut {
  victim: Victim;
  /** One after the other. @default ["SIGKILL"] */
  signals?: ("SIGKILL" | "SIGINT")[];
  /** Asked after each step of the engine, with all of them so far: whether this is the moment. */
  when: (steps: Step[]) => boolean;
  /** What must have come about before the victim is ended. @default nothing */
  until?: () => Promise<unknown>;
  /**
   * The same, after `until`, with the engine halted, which is then the victim: it cannot write down what its plugins
   * do.
   * @default nothing
   */
  untilHalted?: () => Promise<unknown>;
  /** Whether to wait until nothing of the operation runs any more: plugins outlive their engine. @default true */
  toTheLast?: boolean;
}

/** The operation came to its end before the moment did; `cause` is its own failure, if it failed. */
export class NotCutOffError extends Error {
  override name = "NotCutOffError";
}

/** The engine was halted too late: it has written down what its plugin did. */
export class WrittenDownError extends Error {
  override name = "WrittenDownError";
}

/**
 * As `cutOff`, begun anew where the engine was too fast to be halted.
 *
 * @param prepare brings the stack to where the operation begins
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
 * Starts an operation and ends the victim at that moment. Throws if the operation came to its end before.
 *
 * @returns what the engine had told until then
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
      // Looked for beforehand, so that it can be halted at once.
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
      // Told below, when the operation has come to its end.
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

/** Whether the state says that the engine has begun with a resource of this name, and not that it is done. */
function isPending(name: string): boolean {
  const { pending_operations: pending = [] } = savedState();
  return pending.some(({ resource }) => resource.urn.endsWith(`::${name}`));
}

/** What a user does who has seen that nobody holds the lock any more. */
export async function unlock(): Promise<void> {
  if (hasLock()) await runStack({ operation: "cancel" });
}

export function hasLock(): boolean {
  const locks = join(stateDir, ".pulumi", "locks");
  const left = existsSync(locks) ? readdirSync(locks, { recursive: true, encoding: "utf8" }) : [];
  return left.some((name) => name.endsWith(".json"));
}

/** Whether the engine has just begun to work on a resource of such a name. */
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
 * The engine tells of a step before it calls the plugin. Halted in between it would wait for ever, so now and then it
 * may go on for a moment: too short for what a plugin does, which is looked for all the time.
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
    // Two that come at once are one to the receiver.
    if (index > 0) await sleep(300);
    signal(victim, each);
  }
}

/** To that process, if it is still there. */
function signal(receiver: Process, name: NodeJS.Signals): void {
  if (stillRuns(receiver)) process.kill(receiver.pid, name);
}

/** The program first. */
function familyOf(pid: number): Process[] {
  return [processOf(pid), ...descendantsOf(pid)].filter((one) => one !== undefined);
}

function choose(victim: Victim, family: Process[], steps: Step[]): Process {
  if (victim === "engine") return engineOf(family);
  if (victim === "program") return existing(victim, family, (_, index) => index === 0);
  const { type = "" } = underWay(steps).at(-1) ?? {};
  return existing(victim, family, ({ command }) => packageOf(command.join(" ")) === type.split(":")[0]);
}

/** Pulumi's engine among the processes of an operation. */
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
