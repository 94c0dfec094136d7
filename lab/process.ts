import { readdirSync, readFileSync } from "node:fs";

/**
 * When a process started, in clock ticks after boot: with its id it names a process for good, since another
 * that gets the same id starts later. Undefined for one that is gone, or a zombie.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html field 22
 */
export function startTimeOf(pid: number): string | undefined {
  const fields = statOf(pid);
  return fields[0] === "Z" ? undefined : fields[19];
}

/** The fields of its `stat` from the third on, its state; empty for one that is gone. */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, which may hold blanks and parentheses.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** Kills a process, if it is still there. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone in between.
  }
}

/** A process as it was seen; its id may since belong to another. */
export interface Process {
  pid: number;
  /** As `startTimeOf` has it. */
  startTime: string;
  /** Its program and arguments. */
  command: string[];
}

/** Whether that very process still runs. */
export function stillRuns({ pid, startTime }: Pick<Process, "pid" | "startTime">): boolean {
  const now = startTimeOf(pid);
  // Both are undefined where the process is gone and the record lacks a start time.
  return now !== undefined && now === startTime;
}

/** Of all processes of the machine; some may be gone by the time they are looked at. */
export function processIds(): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** The process with this id, unless it is gone. */
export function processOf(pid: number): Process | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime, command: commandOf(pid) };
}

/** What a process has started, and those in turn, as far as they still run; parents before their children. */
export function descendantsOf(pid: number): Process[] {
  const children = new Map<number, number[]>();
  for (const child of processIds()) {
    const parent = Number(statOf(child)[1]);
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const below = (parent: number): number[] =>
    (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid)
    .map(processOf)
    .filter((child) => child !== undefined);
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}
