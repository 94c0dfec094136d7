import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "ssh2";
import type { RequestContext } from "../framework/provider.ts";
import type { Connection } from "./connection.ts";
import { parseHostKey } from "./hostKey.ts";
import { logIn } from "./logIn.ts";

/** Milliseconds between dials. */
const backoff = { first: 100, factor: 1.5, longest: 5000 } as const;

/** An authenticated connection, after as many tries as the connection allows: every failure counts as one. */
export async function dial(connection: Connection, context: RequestContext): Promise<Client> {
  const { dialErrorLimit } = connection;
  const pinnedKey = connection.hostKey === undefined ? undefined : parseHostKey(connection.hostKey);
  let delay: number = backoff.first;
  for (let attempt = 0; ; attempt++) {
    context.signal.throwIfAborted();
    try {
      return await logIn(connection, pinnedKey, context.signal);
    } catch (error) {
      if (dialErrorLimit >= 0 && attempt >= dialErrorLimit) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`after ${attempt} failed attempts: ${reason}`, { cause: error });
      }
      const limit = dialErrorLimit < 0 ? "inf" : dialErrorLimit;
      context.log("debug", `Dial ${attempt + 1}/${limit} failed: retrying`);
    }
    await sleep(delay, undefined, { signal: context.signal });
    delay = Math.min(delay * backoff.factor, backoff.longest);
  }
}
