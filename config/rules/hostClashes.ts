import { valueAt } from "../../apps/values.ts";
import type { Reader } from "../schema/reader.ts";
import type { ConfigSource } from "../source.ts";
import { reportDuplicates } from "./duplicates.ts";
import { writtenHosts } from "./writtenHosts.ts";

/** Options whose value only one host may have, and what to do about two that share one. */
const fixes = {
  name: "Give each host a name of its own.",
  device: "Each host needs a device of its own in the tailnet.",
  tailnetIp: "Each host needs an address of its own: see `tailscale status`.",
  publicIp: "Write each VPS once, with its own address.",
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
