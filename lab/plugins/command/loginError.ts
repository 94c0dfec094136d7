import type { Endpoint } from "./connection.ts";

const socketReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ENOTFOUND: "lookup: no such host",
  ETIMEDOUT: "i/o timeout",
};

/** An error of the SSH library, in the wording of the official plugin's library (golang.org/x/crypto/ssh). */
export function describeLoginError(
  error: Error & { level?: string; code?: string },
  connection: Endpoint,
): string {
  const endpoint = `${connection.host}:${connection.port}`;
  switch (error.level) {
    case "client-authentication":
      return (
        "ssh: handshake failed: ssh: unable to authenticate, " +
        `attempted methods [${attemptedMethods(connection)}], no supported methods remain`
      );
    case "client-socket":
      return `dial tcp ${endpoint}: ${socketReasons[error.code ?? ""] ?? error.message}`;
    case "client-timeout":
      return `dial tcp ${endpoint}: i/o timeout`;
    default:
      if (error.message.includes("no matching host key format")) {
        const offered = connection.hostKey?.split(" ")[0] ?? "";
        return `ssh: handshake failed: ssh: no common algorithm for host key; we offered: [${offered}]`;
      }
      return `ssh: handshake failed: ${error.message}`;
  }
}

function attemptedMethods(connection: Endpoint): string {
  const methods = ["none"];
  if (connection.privateKey !== undefined) methods.push("publickey");
  if (connection.password !== undefined) methods.push("password");
  return methods.join(" ");
}
