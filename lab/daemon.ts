import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { paths } from "./paths.ts";
import { poll } from "./poll.ts";
import { startTimeOf, stillRuns } from "./process.ts";

/** A program that keeps running after the command that started it has ended. */
export interface Daemon {
  /** The name of its log and its record. */
  name: string;
  command: string;
  args: readonly string[];
  /** Network namespace (full `ip netns` name). @default the machine's own */
  netns?: string;
  /** Added to a minimal environment (`PATH`, `HOME`). */
  env?: Record<string, string>;
  cwd?: string;
  /** Called until it does not throw, which means that the daemon serves. */
  ready?: () => Promise<unknown>;
  /** @default 60_000 (milliseconds) */
  readyTimeout?: number;
  /** More diagnostics, besides its log, for a daemon that does not become ready. */
  diagnose?: () => Promise<string>;
}

interface DaemonRecord {
  pid: number;
  /** Clock ticks after boot; the process id alone may have been reused. */
  startTime: string;
  command: string;
}

const recordDirectory = join(paths.lab, "daemons");

/** Starts the daemon unless it runs, and waits until it is ready. */
export async function startDaemon(daemon: Daemon): Promise<void> {
  if (!isRunning(daemon.name)) launch(daemon);
  const { ready } = daemon;
  if (!ready) return;
  await poll(
    async () => {
      if (!isRunning(daemon.name)) throw new DaemonError(daemon.name, "ended before it was ready");
      await ready();
    },
    {
      what: `${daemon.name} to be ready`,
      timeout: daemon.readyTimeout ?? 60_000,
      fatal: (error) => error instanceof DaemonError,
      context: async () =>
        `its log ends with:\n${logTail(daemon.name)}\n${(await daemon.diagnose?.()) ?? ""}`,
    },
  );
}

/** Ends the daemon and waits for its end: SIGTERM, then SIGKILL after the grace time. */
export async function stopDaemon(name: string, graceMilliseconds = 10_000): Promise<void> {
  const record = readRecord(name);
  if (record) {
    const deadline = Date.now() + graceMilliseconds;
    signalGroup(record, "SIGTERM");
    while (isRunning(name)) {
      if (Date.now() > deadline) signalGroup(record, "SIGKILL");
      await sleep(50);
    }
  }
  rmSync(join(recordDirectory, name), { force: true });
}

export function isRunning(name: string): boolean {
  const record = readRecord(name);
  return record !== undefined && stillRuns(record);
}

/** Process id of a running daemon. */
export function pidOf(name: string): number | undefined {
  return isRunning(name) ? readRecord(name)?.pid : undefined;
}

/** Names of all daemons that were started and not stopped, running or not. */
export function daemons(): string[] {
  try {
    return readdirSync(recordDirectory).sort();
  } catch {
    return [];
  }
}

export function logFile(name: string): string {
  return join(paths.logs, `${name}.log`);
}

export function logTail(name: string, lines = 15): string {
  try {
    return readFileSync(logFile(name), "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "(no log)";
  }
}

export class DaemonError extends Error {
  constructor(name: string, what: string) {
    super(`${name} ${what}; its log (${logFile(name)}) ends with:\n${logTail(name)}`);
    this.name = "DaemonError";
  }
}

function launch({ name, command, args, netns, env, cwd }: Daemon): void {
  mkdirSync(recordDirectory, { recursive: true });
  mkdirSync(paths.logs, { recursive: true });
  const log = openSync(logFile(name), "a");
  // nsenter, because `ip netns exec` mounts a fresh /sys, where kubelet and containerd would lose their cgroups.
  const [file, argv] = netns
    ? ["nsenter", [`--net=/run/netns/${netns}`, "--", command, ...args]]
    : [command, [...args]];
  const child = spawn(file, argv, {
    detached: true,
    stdio: ["ignore", log, log],
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new DaemonError(name, `could not be started as ${command}`);
  const startTime = startTimeOf(child.pid);
  if (startTime === undefined) throw new DaemonError(name, "ended at once");
  const record: DaemonRecord = { pid: child.pid, startTime, command };
  writeFileSync(join(recordDirectory, name), JSON.stringify(record));
}

function readRecord(name: string): DaemonRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(recordDirectory, name), "utf8")) as DaemonRecord;
  } catch {
    return undefined;
  }
}

function signalGroup(record: DaemonRecord, signal: NodeJS.Signals): void {
  if (!stillRuns(record)) return;
  try {
    process.kill(-record.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
