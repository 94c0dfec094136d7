import { isIPv4 } from "node:net";
import type { PolicyDevice, PolicyFacts } from "./facts.ts";

/** A rule of the section `acls`: https://tailscale.com/kb/1337/policy-syntax#acls */
export interface AclRule {
  action: "accept";
  proto?: string;
  src: string[];
  dst: string[];
}

/** The only rule that edges need, with these selectors. */
export function edgeRule(edges: readonly string[], home: string, ports: readonly number[]): AclRule {
  return { action: "accept", proto: "tcp", src: [...edges], dst: [`${home}:${ports.join(",")}`] };
}

/**
 * The rule that edges need in a tailnet: by tags that no other device has, otherwise by addresses. Undefined without an
 * app on the internet.
 */
export function neededRule({ edges, home, devices, ports }: PolicyFacts): AclRule | undefined {
  if (ports.length === 0) return undefined;
  const sources = edges.map(({ device }) =>
    selectorOf(
      device,
      edges.map((edge) => edge.device),
      devices,
    ),
  );
  return edgeRule([...new Set(sources)], selectorOf(home, [home], devices), ports);
}

/** A rule on one line, in the style of policy files. */
export function inline(rule: object): string {
  return JSON.stringify(rule, undefined, 1)
    .replaceAll(/\n\s*/g, " ")
    .replaceAll(/\[ | \]/g, (edge) => edge.trim());
}

/** A tag that only devices of this group have, otherwise the device's address. */
function selectorOf(
  device: PolicyDevice,
  group: readonly PolicyDevice[],
  devices: readonly PolicyDevice[],
): string {
  const isOfGroup = (one: PolicyDevice) => group.some(({ name }) => name === one.name);
  const own = device.tags.find((tag) => devices.every((one) => isOfGroup(one) || !one.tags.includes(tag)));
  return own ?? device.addresses.find((address) => isIPv4(address)) ?? device.name;
}
