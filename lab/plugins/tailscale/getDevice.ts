import type { GetDeviceArgs, GetDeviceResult } from "@pulumi/tailscale";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProviderFunction } from "../framework/provider.ts";
import type { Device, TailscaleApi } from "./api.ts";
import { parseDuration } from "./duration.ts";

const retryInterval = 1000;

/**
 * `tailscale:index/getDevice:getDevice`
 * (https://www.pulumi.com/registry/packages/tailscale/api-docs/getdevice/): a device by its full name
 * or its host name, waited for if asked.
 */
export function getDevice(api: () => TailscaleApi): ProviderFunction {
  return async (args, { signal }) => {
    const { name, hostname, waitFor } = args as GetDeviceArgs;
    if ((name === undefined) === (hostname === undefined)) {
      throw new Error("tailscale: getDevice needs exactly one of name and hostname");
    }
    const matches = (device: Device) =>
      name === undefined ? device.hostname === hostname : device.name === name;
    const deadline = Date.now() + (waitFor === undefined ? 0 : parseDuration(waitFor));
    for (;;) {
      const device = (await api().devices(signal)).find(matches);
      if (device) return { ...resultOf(device), ...(waitFor === undefined ? {} : { waitFor }) };
      if (Date.now() + retryInterval > deadline) break;
      await sleep(retryInterval, undefined, { signal });
    }
    throw new Error(`could not find device with name="${name ?? hostname ?? ""}"`);
  };
}

function resultOf(device: Device): GetDeviceResultProperties {
  const text = (field: string) => (typeof device[field] === "string" ? device[field] : "");
  return {
    id: device.id,
    nodeId: device.nodeId,
    name: device.name,
    hostname: device.hostname,
    addresses: device.addresses,
    tags: device.tags ?? [],
    authorized: device.authorized === true,
    blocksIncomingConnections: device.blocksIncomingConnections === true,
    clientVersion: text("clientVersion"),
    created: text("created"),
    expires: text("expires"),
    isExternal: device.isExternal === true,
    keyExpiryDisabled: device.keyExpiryDisabled === true,
    lastSeen: text("lastSeen"),
    machineKey: text("machineKey"),
    nodeKey: text("nodeKey"),
    os: text("os"),
    tailnetLockError: text("tailnetLockError"),
    tailnetLockKey: text("tailnetLockKey"),
    updateAvailable: device.updateAvailable === true,
    user: text("user"),
  };
}

type GetDeviceResultProperties = { [Name in keyof GetDeviceResult]: GetDeviceResult[Name] };
