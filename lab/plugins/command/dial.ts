import { setTimeout as sleep } from "node:timers/promises";
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import type { RequestContext } from "../framework/provider.ts";
import { checkAgent } from "./agent.ts";
import type { Connection, Endpoint } from "./connection.ts";
import { parseHostKey } from "./hostKey.ts";
import { logIn } from "./logIn.ts";
import { checkPrivateKey } from "./privateKey.ts";

/** Milliseconds between dials. */
const backoff = { first: 100, factor: 1.5, longest: 5000 } as const;

/** An authenticated connection. */
export interface Dialled {
  client: Client;
  end: () => void;
}

/**
 * Connects, through the jump host if there is one, with the number of tries that each allows; every failure counts as
 * one. Problems with a key or an agent are reported before the first try.
 */
export async function dial(connection: Connection, context: RequestContext): Promise<Dialled> {
  const logInTo = await preparedLogIn(connection);
  if (!connection.proxy) {
    const client = await retrying("Dial", connection, context, (signal) => logInTo(signal));
    return { client, end: () => client.end() };
  }
  const { proxy } = connection;
  try {
    const logInToProxy = await preparedLogIn(proxy);
    const proxyClient = await retrying("Dial proxy", proxy, context, (signal) => logInToProxy(signal));
    try {
      const client = await retrying("Dial", connection, context, async (signal) =>
        logInTo(signal, await forward(proxyClient, connection)),
      );
      const end = () => {
        client.end();
        proxyClient.end();
      };
      return { client, end };
    } catch (error) {
      proxyClient.end();
      throw error;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`proxy: ${reason}`, { cause: error });
  }
}

async function preparedLogIn(endpoint: Endpoint) {
  const pinnedKey = endpoint.hostKey === undefined ? undefined : parseHostKey(endpoint.hostKey);
  await checkPrivateKey(endpoint);
  await checkAgent(endpoint);
  return (signal: AbortSignal, socket?: Duplex) => logIn(endpoint, pinnedKey, signal, socket);
}

function forward(client: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      if (error) reject(new Error(`ssh: rejected: connect failed (${error.message})`));
      else resolve(channel);
    });
  });
}

/** Gives up when the deployment is cancelled or the resource's time is over. */
async function retrying<T>(
  what: string,
  { dialErrorLimit }: Endpoint,
  context: RequestContext,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = context.timeout
    ? AbortSignal.any([context.signal, AbortSignal.timeout(context.timeout * 1000)])
    : context.signal;
  const ended = () =>
    new Error(context.signal.aborted ? "context canceled" : "context deadline exceeded", {
      cause: signal.reason,
    });
  const isOver = () => signal.aborted;
  let delay: number = backoff.first;
  for (let tries = 0; ; tries++) {
    if (isOver()) throw ended();
    try {
      return await attempt(signal);
    } catch (error) {
      if (isOver()) throw ended();
      if (dialErrorLimit >= 0 && tries >= dialErrorLimit) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`after ${tries} failed attempts: ${reason}`, { cause: error });
      }
      const limit = dialErrorLimit < 0 ? "inf" : dialErrorLimit;
      context.status(`${what} ${tries + 1}/${limit} failed: retrying`);
    }
    await sleep(delay, undefined, { signal }).catch(() => undefined);
    delay = Math.min(delay * backoff.factor, backoff.longest);
  }
}
