import type { Platform, ReleaseSpec } from "../settings.ts";

/** Placeholder for the home's tailnet address in chart values, until it is known: a reserved name (RFC 6761). */
const address = "tailnet-address.invalid";

/**
 * Names by which tailnet devices open an app of the home: its address, its short name, and its full name if the config
 * has it.
 */
export function tailnetHosts({ device, tailnetIp }: Platform["controlPlane"]): string[] {
  const [label = device] = device.split(".");
  return [...new Set([tailnetIp ?? address, label, device])];
}

/** The release with the home's address in its chart values. */
export function withTailnetAddress(release: ReleaseSpec, tailnetIp: string): ReleaseSpec {
  const text = JSON.stringify(release.values).replaceAll(address, tailnetIp);
  return { ...release, values: JSON.parse(text) as Record<string, unknown> };
}
