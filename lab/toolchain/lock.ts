import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startTimeOf, stillRuns } from "../process.ts";
import type { InstallContext } from "./program.ts";

interface Holder {
  pid: number;
  /** Clock ticks after boot: the same process id with another start is another process. */
  startTime: string;
}

/**
 * Runs the body while no other process runs one with the same lock file.
 *
 * It avoids duplicate work only: results appear by an atomic rename. Two processes that both take over a dead holder's
 * lock in the same instant therefore do no harm.
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
    if (!told) context.report(`waiting for process ${holderOf(theirs)?.pid ?? "?"}, which holds the lock`);
    told = true;
    await sleep(200, undefined, { signal: context.signal });
  }
  try {
    return await body();
  } finally {
    if (read(file) === mine) rmSync(file, { force: true });
  }
}

/** A hard link is created together with its content. */
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
    // Another waiter was faster and holds the lock now.
    if (read(aside) !== stale) linkSync(aside, file);
  } catch {
    // Released, or taken again: the next try decides.
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
