import type { types } from "@pulumi/command";
import type { CheckFailure } from "../framework/provider.ts";
import { isObject, unknownValue, type Properties } from "../framework/properties.ts";

type ConnectionArgs = types.input.remote.ConnectionArgs;

/**
 * How to reach the host
 * (https://www.pulumi.com/registry/packages/command/api-docs/remote/command/#connection), after
 * `checkConnection` has filled in the defaults. Bastion hosts (`proxy`) are left to the official plugin.
 */
export interface Connection {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  /** Path of an SSH agent's socket. @default $SSH_AUTH_SOCK */
  agentSocketPath?: string;
  /** One line of the form of authorized_keys. Any host key is accepted without it. */
  hostKey?: string;
  /** Failed dials that are borne, -1 for any number. */
  dialErrorLimit: number;
  /** Seconds a dial may take, 0 for any time. */
  perDialTimeout: number;
}

const options = [
  "host",
  "port",
  "user",
  "password",
  "privateKey",
  "privateKeyPassword",
  "agentSocketPath",
  "hostKey",
  "dialErrorLimit",
  "perDialTimeout",
] as const satisfies readonly (keyof Connection & keyof ConnectionArgs)[];

const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 } as const;

/** The connection with its defaults, and what is wrong with it. No message repeats a value. */
export function checkConnection(given: unknown): { connection: unknown; failures: CheckFailure[] } {
  if (given === unknownValue) return { connection: given, failures: [] };
  if (!isObject(given)) {
    return { connection: given, failures: [{ property: "connection", reason: "missing required property" }] };
  }
  const failures: CheckFailure[] = Object.keys(given)
    .filter((key) => !(options as readonly string[]).includes(key))
    .map((key) => ({
      property: `connection.${key}`,
      reason: "not supported by the stand-in plugin; remove it",
    }));
  if (given.host === undefined) {
    failures.push({ property: "connection.host", reason: "missing required property" });
  }
  return { connection: { ...defaults, ...given }, failures };
}

/** The connection that a checked set of inputs, or a state, holds. */
export function connectionOf(properties: Properties): Connection {
  return properties.connection as Connection;
}
