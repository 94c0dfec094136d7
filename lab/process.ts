import { readFileSync } from "node:fs";

/**
 * When a process started, in clock ticks after boot: with its id it names a process for good, since another
 * that gets the same id starts later. Undefined for one that is gone, or a zombie.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html field 22
 */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, which may hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
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
