import { OperationError, startStack } from "../../lab/operator.ts";
import { poll } from "../../lab/poll.ts";
import { descendantsOf, startTimeOf, type Process } from "../../lab/process.ts";
import type { StackRequest } from "../../lab/stack.ts";

/** Who is killed in the middle of an operation: the user's program, Pulumi's engine, or the plugin at work. */
export type Victim = "program" | "engine" | "plugin";

/** One line of the engine's progress: `+ pulumi:index:Stash page-release-claim creating (0s)`. */
export interface Step {
  type: string;
  name: string;
  /** Such as `creating`, `created`, `deleting`. */
  what: string;
}

export interface Cut {
  victim: Victim;
  /** Asked after each step of the engine, with all of them so far: whether this is the moment. */
  when: (steps: Step[]) => boolean;
  /** What must have come about before the victim is killed. @default nothing */
  until?: () => Promise<unknown>;
}

/** The operation came to its end before the moment did; `cause` is its own failure, if it failed. */
class NotCutOffError extends Error {
  override name = "NotCutOffError";
}

/**
 * Starts an operation, kills the victim at that moment, and waits until nothing of the operation runs any
 * more. Throws if the operation came to its end before.
 */
export async function cutOff(request: StackRequest, { victim, when, until }: Cut): Promise<void> {
  const steps: Step[] = [];
  let output = "";
  let cut: Promise<void> | undefined;
  let family: RunningProcess[] = [];
  const operation = startStack(request, (text) => {
    output += text;
    for (const step of stepsIn(text)) {
      if (cut) return;
      steps.push(step);
      if (!when(steps)) continue;
      family = familyOf(operation.pid);
      const chosen = choose(victim, family, steps);
      cut = (async () => {
        await until?.();
        kill(chosen);
      })();
      // Told below, when the operation has come to its end.
      cut.catch(() => undefined);
    }
  });
  const failure = await operation.result.then(
    () => undefined,
    (error: unknown) => error,
  );
  await cut;
  if (!cut || !(failure instanceof OperationError)) {
    throw new NotCutOffError(`the ${request.operation} was not cut off:\n${output}`, { cause: failure });
  }
  await poll(
    () => {
      const left = family.filter(({ pid, startTime }) => startTimeOf(pid) === startTime);
      if (left.length > 0) throw new Error(left.map(({ command }) => command.join(" ")).join("\n"));
    },
    { what: "the rest of the operation to end", timeout: 120_000, interval: 200 },
  );
}

/** If it is still there. */
function kill({ pid, startTime }: RunningProcess): void {
  if (startTimeOf(pid) === startTime) process.kill(pid, "SIGKILL");
}

type RunningProcess = Process & { startTime: string | undefined };

/** Whether it has begun and not come to its end. */
export function isUnderWay({ what }: Step): boolean {
  return what.endsWith("ing");
}

/** The program first. */
function familyOf(pid: number): RunningProcess[] {
  return [{ pid, command: ["program"] }, ...descendantsOf(pid)].map((one) => ({
    ...one,
    startTime: startTimeOf(one.pid),
  }));
}

function choose(victim: Victim, family: RunningProcess[], steps: Step[]): RunningProcess {
  if (victim === "engine") return engineOf(family);
  return existing(victim, victim === "program" ? family[0] : pluginAtWork(family, steps), family);
}

function engineOf(family: RunningProcess[]): RunningProcess {
  const found = family.find(
    ({ command: [program = "", operation] }) => /\/pulumi$/.test(program) && operation,
  );
  return existing("engine", found, family);
}

function existing(what: Victim, found: RunningProcess | undefined, family: RunningProcess[]): RunningProcess {
  if (found) return found;
  throw new Error(`no ${what} runs among:\n${family.map(({ command }) => command.join(" ")).join("\n")}`);
}

/** The plugin of the step that came last, or of one before it: not every step needs one. */
function pluginAtWork(family: RunningProcess[], steps: Step[]): RunningProcess | undefined {
  for (const { type } of [...steps].reverse()) {
    const name = `resource-${type.split(":")[0] ?? ""}`;
    const found = family.find(({ command }) => command.some((word) => word.includes(name)));
    if (found) return found;
  }
  return undefined;
}

/** A chunk of the engine's output may hold several lines, or none that tells of a step. */
function stepsIn(text: string): Step[] {
  const lines = text.matchAll(/^ ?[-+~]{1,2} +(\S+:\S+:\S+) (\S+) (creat|updat|delet|replac)(ing|ed) /gm);
  return [...lines].map(([, type = "", name = "", verb = "", tense = ""]) => ({
    type,
    name,
    what: verb + tense,
  }));
}
