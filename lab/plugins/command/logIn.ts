import type { Client, ConnectConfig } from "ssh2";
import type { Duplex } from "node:stream";
import { agentSocket } from "./agent.ts";
import type { Endpoint } from "./connection.ts";
import type { PinnedKey } from "./hostKey.ts";
import { describeLoginError } from "./loginError.ts";

/**
 * Connects and authenticates once; refuses a host with any key other than the pinned one.
 *
 * @param socket an existing connection to the host
 */
export async function logIn(
  connection: Endpoint,
  pinnedKey: PinnedKey | undefined,
  signal: AbortSignal,
  socket?: Duplex,
): Promise<Client> {
  // Loaded when first needed: most previews run no command.
  const { default: ssh } = await import("ssh2");
  const client = new ssh.Client();
  let mismatch = false;
  const verifier = (key: Buffer) => {
    mismatch = pinnedKey !== undefined && !pinnedKey.matches(key);
    return !mismatch;
  };
  const abort = () => {
    client.destroy();
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) => {
        reject(new Error(mismatch ? "ssh: handshake failed: ssh: host key mismatch" : reason));
      };
      client.on("ready", () => {
        resolve();
      });
      client.on("error", (error) => {
        fail(describeLoginError(error, connection));
      });
      client.on("close", () => {
        fail("ssh: handshake failed: EOF");
      });
      client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) => {
        finish(prompts.map(() => connection.password ?? ""));
      });
      const config = connectConfig(connection, pinnedKey);
      client.connect({ ...config, hostVerifier: verifier, ...(socket ? { sock: socket } : {}) });
      // A handshake consists of many small packets, each of which would wait for the acknowledgement of the previous
      // one.
      client.setNoDelay(true);
    });
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function connectConfig(connection: Endpoint, pinnedKey: PinnedKey | undefined): ConnectConfig {
  const { host, port, user, password, privateKey, privateKeyPassword, perDialTimeout } = connection;
  const agent = agentSocket(connection);
  return {
    host,
    port,
    username: user,
    readyTimeout: perDialTimeout * 1000,
    ...(password === undefined ? {} : { password, tryKeyboard: true }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(privateKeyPassword === undefined ? {} : { passphrase: privateKeyPassword }),
    // Go's library tries each kind of login once: if it has a key of its own, it never asks the agent for others.
    ...(agent && privateKey === undefined ? { agent } : {}),
    ...(pinnedKey ? { algorithms: { serverHostKey: pinnedKey.algorithms } } : {}),
  };
}
