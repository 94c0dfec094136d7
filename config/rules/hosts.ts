import { longestHostName } from "../../components/inputs/dnsName.ts";
import { show } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";
import type { UsableEntry } from "./knownApp.ts";

/** An app's host names in a domain. The first is its main address. */
export function hostsOf({ name, options }: UsableEntry, domain: string): [string, ...string[]] {
  const [first = name, ...others] = [options.subdomain ?? name].flat();
  const hostOf = (label: string) => (label === "@" ? domain : `${label}.${domain}`);
  return [hostOf(first), ...others.map(hostOf)];
}

export function checkHosts(entry: UsableEntry, domain: string, reader: Reader): void {
  for (const host of hostsOf(entry, domain)) {
    if (host.length > longestHostName)
      reader.reportOnce(
        [...entry.path, "subdomain"],
        `${show(host)} has ${host.length} characters; a host name has ${longestHostName} at most. Choose a shorter subdomain.`,
      );
  }
}
