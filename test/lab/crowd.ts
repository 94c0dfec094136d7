/**
 * One client on the internet that takes as much of an edge as it can get. As a program: its argument is a `Crowd` in
 * JSON; it prints what it has got as a line, and holds it until its input ends. As a module: starts that program.
 */
import { execa } from "execa";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { acmeRoots } from "../../lab/internet.ts";
import { insideNetwork } from "../../lab/run.ts";

/** The client's load. */
export interface Crowd {
  /** Source addresses, used in turn. */
  from: string[];
  /** Connections: idle ones to an address, or connections to a URL with this many requests over each. */
  connections: number;
  address?: string;
  url?: string;
  /** Uploads that never end, over each connection. */
  requests?: number;
}

/** The client's result. */
export interface Catch {
  /** Open connections. */
  connections: number;
  /** Unfinished requests. */
  waiting: number;
  /** Number of answers by status. */
  answers: Record<string, number>;
}

const self = fileURLToPath(import.meta.url);
const settlingMilliseconds = 4000;

/** Runs `body` during the load, and returns the crowd's result and that of `body`. */
export async function besideCrowd<T>(crowd: Crowd, body: (seized: Catch) => Promise<T>): Promise<T> {
  const [command, args] = insideNetwork("client", [process.execPath, self, JSON.stringify(crowd)]);
  const child = execa(command, args, { stdin: "pipe" });
  try {
    const [line] = (await Promise.race([once(child.stdout, "data"), child.then(() => [""])])) as [Buffer];
    return await body(JSON.parse(String(line)) as Catch);
  } finally {
    child.stdin.end();
    await child.catch(() => undefined);
  }
}

if (process.argv[1] === self) {
  const { from, connections, address, url, requests = 0 } = JSON.parse(process.argv[2] ?? "") as Crowd;
  const open = new Set<number>();
  const answers: Record<string, number> = {};
  let waiting = 0;
  for (let index = 0; index < connections; index++) {
    const localAddress = from[index % from.length];
    if (url === undefined) {
      const socket = connect({ host: address, port: 443, localAddress });
      socket.on("connect", () => open.add(index));
      socket.on("close", () => open.delete(index)).on("error", () => undefined);
      continue;
    }
    const session = connectHttp2(url, { ca: readFileSync(acmeRoots), localAddress } as object);
    session.on("connect", () => {
      open.add(index);
    });
    session.on("close", () => open.delete(index)).on("error", () => undefined);
    for (let request = 0; request < requests; request++) {
      const { pathname } = new URL(url);
      const stream = session.request({ ":method": "POST", ":path": pathname }, { endStream: false });
      waiting++;
      stream.write("slow");
      stream.on("response", ({ [constants.HTTP2_HEADER_STATUS]: status }) => {
        waiting--;
        answers[String(status)] = (answers[String(status)] ?? 0) + 1;
      });
      stream.on("error", () => undefined);
    }
  }
  await sleep(settlingMilliseconds);
  console.log(JSON.stringify({ connections: open.size, waiting, answers } satisfies Catch));
  process.stdin.resume().on("end", () => process.exit());
}
