import { getDevices } from "@pulumi/tailscale/getDevices.js";
import type { types } from "@pulumi/tailscale";
import { isIPv4 } from "node:net";
import { LookupError } from "../components/inputs/lookupError.ts";
import { refusalOf, saying } from "./vendor.ts";

/** A device of the tailnet, with the fields used here. */
export type Device = Pick<
  types.output.GetDevicesDevice,
  | "addresses"
  | "authorized"
  | "expires"
  | "hostname"
  | "isExternal"
  | "keyExpiryDisabled"
  | "name"
  | "tags"
  | "user"
>;

/**
 * All devices of the tailnet.
 *
 * @throws LookupError, VendorError
 */
export async function tailnetDevices(): Promise<Device[]> {
  const { devices = [] } = await getDevices().catch((error: unknown) => {
    const { reason, status } = refusalOf(error, "Tailscale");
    if (status === 401 || /token invalid/i.test(reason)) {
      throw new LookupError(
        "tailscale:oauthClientSecret (or apiKey) is not accepted by Tailscale. Create a new one at " +
          "https://login.tailscale.com/admin/settings/oauth and set it, or set tailnetIp for every host." +
          saying(reason),
      );
    }
    if (status === 403 || /permission/i.test(reason)) {
      throw new LookupError(
        "tailscale:oauthClientId is not allowed to read the tailnet's devices. Give the OAuth client the " +
          `scope devices:core:read, or set tailnetIp for every host.${saying(reason)}`,
      );
    }
    throw new LookupError(
      "tailscale:tailnet: its devices cannot be looked up. To do without the lookup, set tailnetIp for every host." +
        saying(reason),
    );
  });
  return devices;
}

/**
 * The IPv4 address of the device with this name: its full one or its first label.
 *
 * The control server gives each device a unique name. The name that a device gives itself (its host name) is not
 * unique. It is not used for the lookup, but a second device with it is reported.
 *
 * @param now milliseconds since 1970
 * @throws LookupError if no device has the name, if it is ambiguous, or if the device cannot be used
 * @see https://tailscale.com/kb/1098/machine-names
 */
export function deviceAddress(devices: readonly Device[], wanted: string, now = Date.now()): string {
  const device = findDevice(devices, wanted.toLowerCase());
  const subject = `"${wanted}" is ${device.name}, which`;
  if (device.isExternal) {
    throw new LookupError(
      `${subject} is shared into the tailnet from another one and cannot connect to its devices. Use a device of this tailnet.`,
    );
  }
  if (!device.authorized) {
    throw new LookupError(
      `${subject} is waiting for approval. Approve it at https://login.tailscale.com/admin/machines.`,
    );
  }
  if (!device.keyExpiryDisabled && Date.parse(device.expires) < now) {
    throw new LookupError(
      `${subject} has a key that expired on ${device.expires.slice(0, 10)}. Log in again on that host: ` +
        "sudo tailscale up --force-reauth. Servers are better off with key expiry disabled: " +
        "https://tailscale.com/kb/1028/key-expiry",
    );
  }
  const address = device.addresses.find((one) => isIPv4(one));
  if (address !== undefined) return address;
  throw new LookupError(`${subject} has no IPv4 address in the tailnet. Set tailnetIp.`);
}

function findDevice(devices: readonly Device[], wanted: string): Device {
  const named = devices.filter(
    ({ name }) => name.toLowerCase() === wanted || firstLabel(name.toLowerCase()) === wanted,
  );
  const saysSo = devices.filter(
    (device) => !named.includes(device) && device.hostname.toLowerCase() === wanted,
  );
  const [device] = named;
  if (device === undefined) {
    const hint = saysSo.length > 0 ? ` Devices with this host name: ${listed(saysSo)}.` : "";
    throw new LookupError(
      `"${wanted}" not found in the tailnet. Set the name that \`tailscale status\` lists.${hint}`,
    );
  }
  const all = [...named, ...saysSo];
  if (all.length === 1) return device;
  throw new LookupError(
    `"${wanted}" matches ${all.length} devices: ${listed(all)}. Set the full name of the right one, or ` +
      "remove the others.",
  );
}

function firstLabel(name: string): string {
  return name.split(".")[0] ?? "";
}

function listed(devices: readonly Device[]): string {
  return devices.map(({ name, addresses: [address] }) => `${name} (${address ?? "no address"})`).join(", ");
}
