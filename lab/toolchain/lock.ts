import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startTimeOf, stillRuns } from "../process.ts";
import type { InstallContext } from "./program.ts";

interface Holder {
  pid: number;
  /** Clock ticks after boot: the same process id at another time is another process. */
  startTime: string;
}

/**
 * Runs the body while no other process runs one under the same lock file.
 *
 * Serves to spare work, not to keep results whole: those appear by a rename. So the instant in
 * which two processes could both judge a dead holder's lock is harmless.
 */
export async function withLock<T>(file: string, context: InstallContext, body: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const mine = JSON.stringify({
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? "",
  } satisfies Holder);
  let told = false;
  while (!tryTake(file, mine)) {
    const theirs = read(file);
    if (theirs === undefined) continue;
    if (!isAlive(theirs)) {
      takeAway(file, theirs);
      continue;
    }
    if (!told) context.report(`waiting for process ${holderOf(theirs)?.pid ?? "?"}, which is at it already`);
    told = true;
    await sleep(200, undefined, { signal: context.signal });
  }
  try {
    return await body();
  } finally {
    if (read(file) === mine) rmSync(file, { force: true });
  }
}

/** A hard link exists with its content or not at all. */
function tryTake(file: string, content: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function takeAway(file: string, stale: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    // Another waiter was faster, and this is its lock.
    if (read(aside) !== stale) linkSync(aside, file);
  } catch {
    // Gone, or taken again: the next try sees what is there.
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function holderOf(content: string): Holder | undefined {
  try {
    return JSON.parse(content) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(content: string): boolean {
  const holder = holderOf(content);
  return holder !== undefined && stillRuns(holder);
}
