/**
 * A client on the internet that asks all the while, over a connection that it keeps and over new ones. As a program:
 * its argument is a JSON list of URLs; it prints a line once it has asked for each, goes on until its input ends, and
 * prints what it saw in another line. As a module: starts it.
 */
import { execa } from "execa";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, get } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { acmeRoots } from "../../lab/internet.ts";
import { patience } from "../../lab/poll.ts";
import { insideNetwork } from "../../lab/run.ts";

/** What one URL gave. */
export interface Record {
  answers: number;
  /** What was not a 200, with the time. */
  failures: string[];
  /** Connections that the kept one has needed: 1, if it was never cut. */
  connections: number;
}

const self = fileURLToPath(import.meta.url);
const intervalMilliseconds = 100;
const patienceMilliseconds = 15_000;

/** Asks while `body` runs; what was seen, by URL. */
export async function askWhile(urls: readonly string[], body: () => Promise<unknown>) {
  const [command, args] = insideNetwork("client", [process.execPath, self, JSON.stringify(urls)]);
  const child = execa(command, args, { stdin: "pipe" });
  try {
    // One that ends before it asks throws below.
    await Promise.race([once(child.stdout, "data"), child]);
    await body();
  } finally {
    child.stdin.end();
  }
  const [, seen = ""] = (await child).stdout.split("\n");
  return JSON.parse(seen) as { [url: string]: Record };
}

function ask(url: string, agent: Agent | false, record: Record, sockets?: Set<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const fail = (reason: string) => {
      record.failures.push(`${new Date().toISOString()} ${agent ? "kept" : "new"}: ${reason}`);
      resolve();
    };
    const request = get(url, { agent, ca, timeout: patienceMilliseconds * patience() }, (response) => {
      response.on("error", (error) => {
        fail(error.message);
      });
      response.resume().on("end", () => {
        if (response.statusCode !== 200) fail(String(response.statusCode));
        else record.answers++;
        resolve();
      });
    });
    request.on("socket", (socket) => sockets?.add(socket));
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", (error) => {
      fail(error.message);
    });
  });
}

const ca = process.argv[1] === self ? readFileSync(acmeRoots) : undefined;

if (process.argv[1] === self) {
  let ended = false;
  process.stdin.resume().on("end", () => (ended = true));
  const urls = JSON.parse(process.argv[2] ?? "") as string[];
  const begun = new Set<string>();
  const records = urls.map(async (url): Promise<[string, Record]> => {
    const record: Record = { answers: 0, failures: [], connections: 0 };
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set();
    while (!ended) {
      await Promise.all([ask(url, kept, record, sockets), ask(url, false, record)]);
      if (begun.size < urls.length && begun.add(url).size === urls.length) console.log("asking");
      await sleep(intervalMilliseconds);
    }
    kept.destroy();
    return [url, { ...record, connections: sockets.size }];
  });
  process.stdout.write(JSON.stringify(Object.fromEntries(await Promise.all(records))));
}
