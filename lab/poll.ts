import { setTimeout as sleep } from "node:timers/promises";

export interface PollOptions {
  /** Ends the sentence "timed out waiting for …". */
  what: string;
  /** Milliseconds. Multiplied by `MYNODEONE_PATIENCE` (default 1) on slow machines. */
  timeout: number;
  /** Milliseconds between tries. @default 100 */
  interval?: number;
  /** Errors that no further try will mend. */
  fatal?: (error: unknown) => boolean;
  /** Told with the time-out: the state of whatever was waited for. */
  context?: () => string | Promise<string>;
}

/** The one way to wait in the lab: tries until `attempt` does not throw, and says what it waited for. */
export async function poll<T>(attempt: () => Promise<T> | T, options: PollOptions): Promise<T> {
  const { what, timeout, interval = 100, fatal, context } = options;
  const deadline = Date.now() + timeout * Number(process.env.MYNODEONE_PATIENCE ?? 1);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (fatal?.(error)) throw error;
      if (Date.now() > deadline) {
        const last = error instanceof Error ? error.message : String(error);
        const state = context ? `\n${await context()}` : "";
        throw new Error(`timed out after ${timeout / 1000} s waiting for ${what}: ${last}${state}`, {
          cause: error,
        });
      }
    }
    await sleep(interval);
  }
}
