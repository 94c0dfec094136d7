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
  /** One line of the form of authorized_keys. Any host key is accepted without it. */
  hostKey?: string;
  /** Failed dials that are borne, -1 for any number. */
  dialErrorLimit: number;
  /** Seconds a dial may take, 0 for any time. */
  perDialTimeout: number;
}

export interface Connection extends Endpoint {
  /** A host to go through. */
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

/** The connection with its defaults; of what is no connection, nothing is made. */
export function withDefaults(given: unknown): unknown {
  if (!isObject(given)) return given;
  const proxy = isObject(given.proxy) ? { proxy: { ...defaults, ...given.proxy } } : {};
  return { ...defaults, ...given, ...proxy };
}

/** The connection that a checked set of inputs, or a state, holds. */
export function connectionOf(properties: Properties): Connection {
  return properties.connection as Connection;
}
