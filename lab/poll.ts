import { availableParallelism, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

export interface PollOptions {
  /** Ends the sentence "timed out waiting for …". */
  what: string;
  /** Milliseconds on a machine that has little else to do: see `patience`. */
  timeout: number;
  /** Milliseconds between tries. @default 100 */
  interval?: number;
  /** Errors that no further try will mend. */
  fatal?: (error: unknown) => boolean;
  /** Told with the time-out: the state of whatever was waited for. */
  context?: () => string | Promise<string>;
}

/** How many times longer things may take than on an idle machine: where four programs share a core, four times. */
export function patience(): number {
  const [load = 1] = loadavg();
  return Math.max(1, load / availableParallelism());
}

/** The one way to wait in the lab: tries until `attempt` does not throw, and says what it waited for. */
export async function poll<T>(attempt: () => Promise<T> | T, options: PollOptions): Promise<T> {
  const { what, timeout, interval = 100, fatal, context } = options;
  const begun = Date.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (fatal?.(error)) throw error;
      const waited = Date.now() - begun;
      if (waited > timeout * patience()) {
        const last = error instanceof Error ? error.message : String(error);
        const state = context ? `\n${await context()}` : "";
        throw new Error(
          `timed out after ${Math.round(waited / 1000)} s waiting for ${what}: ${last}${state}`,
          {
            cause: error,
          },
        );
      }
    }
    await sleep(interval);
  }
}
