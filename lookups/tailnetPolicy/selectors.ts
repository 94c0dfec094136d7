import ipaddr from "ipaddr.js";
import { liesInAny } from "../../components/inputs/networks.ts";
import type { PolicyDevice } from "../../components/tailnetPolicy/facts.ts";
import type { Policy } from "./policy.ts";

/** Whether a selector matches a device; `maybe` if only the control server knows. */
export type Match = "yes" | "maybe" | "no";

/**
 * Whether a rule's selector matches a device.
 *
 * @see https://tailscale.com/kb/1337/policy-syntax#src
 */
export function matches(selector: string, device: PolicyDevice, policy: Policy): Match {
  const isTagged = device.tags.length > 0;
  if (selector === "*") return "yes";
  if (selector.startsWith("tag:")) return yesOrNo(device.tags.includes(selector));
  if (selector === "autogroup:member" || selector === "autogroup:members") return yesOrNo(!isTagged);
  if (selector === "autogroup:tagged") return yesOrNo(isTagged);
  if (selector === "autogroup:internet") return "no";
  // Roles and groups are of users, and a tagged device has no user.
  if (selector.startsWith("autogroup:")) return isTagged ? "no" : "maybe";
  if (selector.startsWith("group:")) {
    const members = policy.groups[selector];
    if (isTagged) return "no";
    return members === undefined ? "maybe" : yesOrNo(members.includes(device.user));
  }
  const address = policy.hosts[selector] ?? selector;
  if (isNetwork(address)) return yesOrNo(device.addresses.some((one) => liesInAny(one, [address])));
  if (selector.includes("@") && !selector.startsWith("user:"))
    return yesOrNo(!isTagged && selector === device.user);
  return "maybe";
}

/** Whether a selector means one address, or devices by their tag, rather than a network. */
export function isNarrow(selector: string, policy: Policy): boolean {
  if (selector.startsWith("tag:")) return true;
  const address = policy.hosts[selector] ?? selector;
  return isNetwork(address) && (!address.includes("/") || /\/(32|128)$/.test(address));
}

function yesOrNo(condition: boolean): Match {
  return condition ? "yes" : "no";
}

function isNetwork(text: string): boolean {
  return text.includes("/") ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}
