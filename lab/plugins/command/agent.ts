import { createConnection } from "node:net";
import type { Endpoint } from "./connection.ts";

/** The socket of the agent that a login can use. */
export function agentSocket({ agentSocketPath }: Endpoint): string | undefined {
  return agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);
}

/** As in the official plugin, an agent that does not answer fails the login even if there is another key. */
export async function checkAgent(endpoint: Endpoint): Promise<void> {
  const path = agentSocket(endpoint);
  if (path === undefined) return;
  const socket = createConnection(path);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
  } catch (error) {
    const { code } = error as { code?: string };
    const reason = code === "ECONNREFUSED" ? "connection refused" : "no such file or directory";
    throw new Error(`dial unix ${path}: connect: ${reason}`, { cause: error });
  } finally {
    socket.destroy();
  }
}
