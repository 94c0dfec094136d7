import type { types } from "@pulumi/command";
import { isObject, type Properties } from "../framework/properties.ts";
import type { Fields, Property } from "../framework/schema.ts";

/**
 * How to reach one host, after `withDefaults`
 * (https://www.pulumi.com/registry/packages/command/api-docs/remote/command/#connection).
 */
export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  /** Path of an SSH agent's socket. @default $SSH_AUTH_SOCK */
  agentSocketPath?: string;
  /** One line in the format of authorized_keys. Without it, any host key is accepted. */
  hostKey?: string;
  /** Tolerated failed dials, -1 for any number. */
  dialErrorLimit: number;
  /** Time limit of a dial in seconds, 0 for none. */
  perDialTimeout: number;
}

export interface Connection extends Endpoint {
  /** A jump host. */
  proxy?: Endpoint;
}

const text = { type: "string" } as const satisfies Property;
const number = { type: "number" } as const satisfies Property;

const endpointFields = {
  agentSocketPath: text,
  dialErrorLimit: number,
  host: { type: "string", required: true },
  hostKey: text,
  password: text,
  perDialTimeout: number,
  port: number,
  privateKey: text,
  privateKeyPassword: text,
  user: text,
} as const satisfies Record<keyof types.input.remote.ProxyConnectionArgs, Property>;

/** `connection` */
export const connectionFields: Fields = {
  ...endpointFields,
  proxy: { type: { fields: endpointFields } },
} as const satisfies Record<keyof types.input.remote.ConnectionArgs, Property>;

const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 } as const;

/** The connection with its defaults; undefined if the value is not a connection. */
export function withDefaults(given: unknown): unknown {
  if (!isObject(given)) return given;
  const proxy = isObject(given.proxy) ? { proxy: { ...defaults, ...given.proxy } } : {};
  return { ...defaults, ...given, ...proxy };
}

/** The connection in checked inputs or in a state. */
export function connectionOf(properties: Properties): Connection {
  return properties.connection as Connection;
}
