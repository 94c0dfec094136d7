import type { GetDevicesArgs, GetDevicesResult, types } from "@pulumi/tailscale";
import { randomUUID } from "node:crypto";
import type { Properties } from "../framework/properties.ts";
import type { ProviderFunction } from "../framework/provider.ts";
import type { Fields, FunctionSchema, Property } from "../framework/schema.ts";
import type { Device, TailscaleApi } from "./api.ts";
import { failing } from "./failing.ts";

const text = { type: "string" } as const satisfies Property;
const flag = { type: "boolean" } as const satisfies Property;
const texts = { type: { list: "string" } } as const satisfies Property;

const deviceFields = {
  addresses: texts,
  authorized: flag,
  blocksIncomingConnections: flag,
  clientVersion: text,
  created: text,
  expires: text,
  hostname: text,
  id: text,
  isExternal: flag,
  keyExpiryDisabled: flag,
  lastSeen: text,
  machineKey: text,
  name: text,
  nodeId: text,
  nodeKey: text,
  os: text,
  tags: texts,
  tailnetLockError: text,
  tailnetLockKey: text,
  updateAvailable: flag,
  user: text,
} as const satisfies Record<keyof types.output.GetDevicesDevice, Property>;

const filterFields = {
  name: { ...text, required: true },
  values: { ...texts, required: true },
} as const satisfies Fields;

const inputs = {
  devices: { type: { list: { fields: deviceFields } } },
  filters: { type: { list: { fields: filterFields } } },
  namePrefix: text,
} as const satisfies Record<keyof GetDevicesArgs, Property>;

const outputs = {
  id: text,
} as const satisfies Record<Exclude<keyof GetDevicesResult, keyof GetDevicesArgs>, Property>;

const getDevicesSchema: FunctionSchema = { inputs, outputs };

/**
 * `tailscale:index/getDevices:getDevices`
 * (https://www.pulumi.com/registry/packages/tailscale/api-docs/getdevices/): all devices of the tailnet, or those with
 * this name prefix and these values.
 */
export function getDevices(api: () => TailscaleApi): ProviderFunction {
  return {
    schema: getDevicesSchema,

    async call(args, { signal }) {
      const { namePrefix = "", filters = [] } = args as GetDevicesArgs;
      const query = new URLSearchParams(
        filters.flatMap(({ name, values }) => values.map((value): [string, string] => [name, value])),
      );
      const devices = await failing("Failed to fetch devices", api().devices(query, signal), signal);
      const found = devices.filter(({ name }) => name.startsWith(namePrefix));
      return { ...args, id: randomUUID(), devices: found.map(described) };
    },
  };
}

/** Properties that the API omits are empty here. */
function described(device: Device): Properties {
  const empty = (type: Property["type"]) => (type === "string" ? "" : type === "boolean" ? false : []);
  return Object.fromEntries(
    Object.entries(deviceFields).map(([name, { type }]) => [name, device[name] ?? empty(type)]),
  );
}
