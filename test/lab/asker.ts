/**
 * A client on the internet that sends requests continuously, over a persistent connection and over new ones. As a
 * program: its argument is a JSON list of URLs; it prints a line after one request for each, continues until its input
 * ends, and then prints its results as another line. As a module: starts that program.
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

/** The results of one URL. */
export interface Record {
  answers: number;
  /** Every answer other than 200, with the time. */
  failures: string[];
  /** Connections that the persistent one has used: 1 if it was never cut. */
  connections: number;
}

const self = fileURLToPath(import.meta.url);
const intervalMilliseconds = 100;
const patienceMilliseconds = 15_000;

/** Sends requests while `body` runs, and returns the results by URL. */
export async function askWhile(urls: readonly string[], body: () => Promise<unknown>) {
  const [command, args] = insideNetwork("client", [process.execPath, self, JSON.stringify(urls)]);
  const child = execa(command, args, { stdin: "pipe" });
  try {
    // If the program ends before its first request, the code below throws.
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
