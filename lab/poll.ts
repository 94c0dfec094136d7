import { availableParallelism, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

export interface PollOptions {
  /** The end of the sentence "timed out waiting for …". */
  what: string;
  /** Milliseconds, for an idle machine: see `patience`. */
  timeout: number;
  /** Milliseconds between tries. @default 100 */
  interval?: number;
  /** Errors after which trying again is useless. */
  fatal?: (error: unknown) => boolean;
  /** Added to the time-out's message: the state of what was waited for. */
  context?: () => string | Promise<string>;
}

/** The factor by which time-outs grow on a busy machine: four if four programs share a core. */
export function patience(): number {
  const [load = 1] = loadavg();
  return Math.max(1, load / availableParallelism());
}

/** The only way to wait in the lab: tries until `attempt` does not throw, and names in its error what it waited for. */
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
