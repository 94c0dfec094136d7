import { createConnection } from "node:net";
import type { Endpoint } from "./connection.ts";

/** The socket of the agent that a login may use. */
export function agentSocket({ agentSocketPath }: Endpoint): string | undefined {
  return agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);
}

/** An agent that does not answer fails the login, whatever other key there is: so it is in the official plugin. */
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
