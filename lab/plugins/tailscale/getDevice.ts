import type { GetDeviceArgs, GetDeviceResult } from "@pulumi/tailscale";
import { setTimeout as sleep } from "node:timers/promises";
import type { Properties } from "../framework/properties.ts";
import type { ProviderFunction } from "../framework/provider.ts";
import type { FunctionSchema, Property } from "../framework/schema.ts";
import type { Device, TailscaleApi } from "./api.ts";
import { parseDuration } from "./duration.ts";

const text = { type: "string" } as const satisfies Property;
const flag = { type: "boolean" } as const satisfies Property;
const texts = { type: { list: "string" } } as const satisfies Property;

const inputs = {
  hostname: text,
  name: text,
  waitFor: text,
} as const satisfies Record<keyof GetDeviceArgs, Property>;

const outputs = {
  addresses: texts,
  authorized: flag,
  blocksIncomingConnections: flag,
  clientVersion: text,
  created: text,
  expires: text,
  id: text,
  isExternal: flag,
  keyExpiryDisabled: flag,
  lastSeen: text,
  machineKey: text,
  nodeId: text,
  nodeKey: text,
  os: text,
  tags: texts,
  tailnetLockError: text,
  tailnetLockKey: text,
  updateAvailable: flag,
  user: text,
} as const satisfies Record<Exclude<keyof GetDeviceResult, keyof GetDeviceArgs>, Property>;

export const getDeviceSchema: FunctionSchema = { inputs, outputs };

const retryInterval = 1000;

/**
 * `tailscale:index/getDevice:getDevice`
 * (https://www.pulumi.com/registry/packages/tailscale/api-docs/getdevice/): a device by its full name
 * or its host name, waited for if asked.
 */
export function getDevice(api: () => TailscaleApi): ProviderFunction {
  return {
    schema: getDeviceSchema,

    async call(args, { signal }) {
      const { name, hostname, waitFor } = args as GetDeviceArgs;
      if ((name === undefined) === (hostname === undefined)) {
        throw new Error("tailscale: getDevice needs exactly one of name and hostname");
      }
      const [property, value] = name === undefined ? ["hostname", hostname ?? ""] : ["name", name];
      const deadline = Date.now() + (waitFor === undefined ? 0 : parseDuration(waitFor));
      for (;;) {
        try {
          const [device] = await api().devices({ [property]: value }, signal);
          if (device) return { ...args, ...resultOf(device) };
          throw new Error(`could not find device with ${property}=${JSON.stringify(value)}`);
        } catch (error) {
          signal.throwIfAborted();
          if (Date.now() + retryInterval > deadline) {
            const reason = error instanceof Error ? error.message : String(error);
            throw new Error(`Failed to fetch devices: ${reason}`, { cause: error });
          }
        }
        await sleep(retryInterval, undefined, { signal });
      }
    },
  };
}

/** What the API leaves out of a device is empty here. */
function resultOf(device: Device): Properties {
  const empty = (type: Property["type"]) => (type === "string" ? "" : type === "boolean" ? false : []);
  const result = Object.entries(outputs).map(([name, { type }]) => [name, device[name] ?? empty(type)]);
  return { ...(Object.fromEntries(result) as Properties), name: device.name, hostname: device.hostname };
}
