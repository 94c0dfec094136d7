/**
 * A websocket from a client on the lab's internet to an app that echoes.
 *
 * As a program: opens the URL, sends each line of stdin and writes each message as a line on stdout. As a module:
 * starts that program in the client's network.
 */
import { execa } from "execa";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { acmeRoots } from "../../lab/internet.ts";
import { insideNetwork } from "../../lab/run.ts";

const self = fileURLToPath(import.meta.url);

export interface Conversation {
  /** Sends a message and waits for the echo; throws if the connection was cut. */
  say: (text: string) => Promise<void>;
  close: () => Promise<void>;
}

/** Opens a websocket that carries only these messages and no pings. */
export async function converse(url: string): Promise<Conversation> {
  const [command, args] = insideNetwork("client", [process.execPath, self, url]);
  const child = execa(command, args, { reject: false, env: { NODE_EXTRA_CA_CERTS: acmeRoots } });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const hear = async (expected: string) => {
    const { value } = (await lines.next()) as { value?: string };
    if (value === expected) return;
    if (value !== undefined) throw new Error(`${url} said ${value} where ${expected} was expected`);
    const { stderr } = await child;
    throw new Error(`the websocket to ${url} was cut: ${stderr}`);
  };
  await hear("open");
  return {
    say: async (text) => {
      if (child.exitCode === null) child.stdin.write(`${text}\n`);
      await hear(text);
    },
    close: async () => {
      child.stdin.end();
      await child;
    },
  };
}

if (process.argv[1] === self) {
  const socket = new WebSocket(process.argv[2] ?? "");
  socket.addEventListener("message", ({ data }) => process.stdout.write(`${String(data)}\n`));
  socket.addEventListener("close", ({ code }) => {
    process.stderr.write(`closed with code ${code}\n`);
    process.exit();
  });
  await once(socket, "open");
  process.stdout.write("open\n");
  for await (const line of createInterface(process.stdin)) socket.send(line);
  socket.close();
}
