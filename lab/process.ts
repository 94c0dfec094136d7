import { readdirSync, readFileSync } from "node:fs";

/**
 * The start time of a process, in clock ticks after boot. With the id it identifies a process for ever, since a later
 * process with the same id has a later start. Undefined if the process has ended or is a zombie.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html field 22
 */
export function startTimeOf(pid: number): string | undefined {
  const fields = statOf(pid);
  return fields[0] === "Z" ? undefined : fields[19];
}

/** The fields of its `stat` from the third one, its state; empty if the process has ended. */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, which may contain blanks and parentheses.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** Kills a process, if it still exists. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

/** An observed process; its id may belong to another one by now. */
export interface Process {
  pid: number;
  /** As returned by `startTimeOf`. */
  startTime: string;
  /** Its program and arguments. */
  command: string[];
}

/** Whether this process still runs. */
export function stillRuns({ pid, startTime }: Pick<Process, "pid" | "startTime">): boolean {
  const now = startTimeOf(pid);
  // Both are undefined if the process has ended and the record lacks a start time.
  return now !== undefined && now === startTime;
}

/** The ids of all processes of the machine; some may end before they are examined. */
export function processIds(): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** The process with this id, unless it has ended. */
export function processOf(pid: number): Process | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime, command: commandOf(pid) };
}

/** All running descendants of a process; parents before their children. */
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
