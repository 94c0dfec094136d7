import { valueAt } from "../../apps/values.ts";
import type { Reader } from "../schema/reader.ts";
import type { ConfigSource } from "../source.ts";
import { reportDuplicates } from "./duplicates.ts";
import { writtenHosts } from "./writtenHosts.ts";

/** Options whose value must be unique to a host, and the fix for a duplicate. */
const fixes = {
  name: "Give each host a name of its own.",
  device: "Each host needs a device of its own in the tailnet.",
  tailnetIp: "Each host needs an address of its own: see `tailscale status`.",
  publicIp: "List each VPS once, with its own address.",
} as const;

export function checkHostClashes(source: ConfigSource, reader: Reader): void {
  const hosts = writtenHosts(source);
  for (const [option, fix] of Object.entries(fixes)) {
    const claims = hosts.map(({ path, host }) => ({
      path: [...path, option],
      value: valueAt(host, [option]),
    }));
    reportDuplicates(reader, claims, fix);
  }
}
