import { ApiError } from "./apiError.ts";
import type { HeadscaleNode } from "./headscale.ts";

/** A device as the API shows it: https://tailscale.com/api#tag/devices */
export interface Device {
  /** IPv4, then IPv6. */
  addresses: string[];
  id: string;
  /** The preferred identifier. */
  nodeId: string;
  user: string;
  /** Its full name in the tailnet. */
  name: string;
  /** The host name that the machine reports. */
  hostname: string;
  clientVersion: string;
  updateAvailable: boolean;
  os: string;
  created: string;
  connectedToControl: boolean;
  /** Omitted while the device is connected. */
  lastSeen?: string;
  keyExpiryDisabled: boolean;
  expires: string;
  authorized: boolean;
  isExternal: boolean;
  isEphemeral: boolean;
  machineKey: string;
  nodeKey: string;
  blocksIncomingConnections: boolean;
  /** Omitted if there are none. */
  tags?: string[];
  tailnetLockError: string;
  tailnetLockKey: string;
  sshEnabled: boolean;
  /** Only with `fields=all`, like the next one. */
  advertisedRoutes?: string[];
  enabledRoutes?: string[];
}

export type Fields = "all" | "default";

/** Go's zero time, which the API uses for "never". */
const zeroTime = "0001-01-01T00:00:00Z";

/** @param suffix domain of the devices' names, such as `tail1234.ts.net` */
export function toDevice(node: HeadscaleNode, suffix: string, fields: Fields = "default"): Device {
  const expires = node.expiry ?? zeroTime;
  const tags = [...new Set([...node.forcedTags, ...node.validTags])].sort();
  return {
    addresses: node.ipAddresses,
    id: node.id,
    nodeId: `n${node.id}CNTRL`,
    user: node.user.email || node.user.name,
    name: `${node.givenName}.${suffix}`,
    hostname: node.name,
    // The control server does not report version and system; all hosts of the lab have these.
    clientVersion: "",
    updateAvailable: false,
    os: "linux",
    created: node.createdAt,
    connectedToControl: node.online,
    ...(!node.online && node.lastSeen !== null && { lastSeen: node.lastSeen }),
    keyExpiryDisabled: expires === zeroTime,
    expires,
    authorized: true,
    isExternal: false,
    isEphemeral: node.preAuthKey?.ephemeral ?? false,
    machineKey: node.machineKey,
    nodeKey: node.nodeKey,
    blocksIncomingConnections: false,
    ...(tags.length > 0 && { tags }),
    tailnetLockError: "",
    tailnetLockKey: "",
    sshEnabled: false,
    ...(fields === "all" && { advertisedRoutes: node.availableRoutes, enabledRoutes: node.approvedRoutes }),
  };
}

/** Whether a request's identifier, of either kind, is that of this node. */
export function isNode(node: HeadscaleNode, identifier: string): boolean {
  return identifier === node.id || identifier === `n${node.id}CNTRL`;
}

const filterable = [
  "name",
  "hostname",
  "user",
  "os",
  "tags",
  "id",
  "nodeId",
  "addresses",
  "isEphemeral",
  "authorized",
  "connectedToControl",
  "keyExpiryDisabled",
  "isExternal",
] as const satisfies readonly (keyof Device)[];

/**
 * The filters of a listing: each parameter except `fields` names a property and its allowed values. An unknown name is
 * refused, since a typo would otherwise select every device.
 */
export function parseFilters(
  query: Readonly<Record<string, string | string[]>>,
): (device: Device) => boolean {
  const filters = Object.entries(query)
    .filter(([name]) => name !== "fields")
    .map(([name, values]) => {
      const property = filterable.find((candidate) => candidate === name);
      if (!property)
        throw new ApiError(400, `unsupported filter "${name}"; known are ${filterable.join(", ")}`);
      return { property, values: [values].flat() };
    });
  return (device) =>
    filters.every(({ property, values }) =>
      [device[property] ?? []].flat().some((value) => values.includes(String(value))),
    );
}

export function parseFields(value: string | string[] | undefined): Fields {
  return value === "all" ? "all" : "default";
}
