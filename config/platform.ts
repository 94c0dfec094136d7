import isPlainObject from "is-plain-obj";
import { valueAt } from "../apps/values.ts";
import { reportDuplicates } from "./rules/duplicates.ts";
import type { Path } from "./schema/problems.ts";
import type { Reader } from "./schema/reader.ts";
import { defaultControlPlaneName } from "./schema/hosts.ts";
import { keys } from "./schema/platform.ts";
import type { ConfigSource } from "./source.ts";
import type { Platform } from "./settings.ts";

/** What all apps share; `undefined` where something of it is wrong, which the reader keeps. */
export function readPlatform(source: ConfigSource, reader: Reader): Platform | undefined {
  const domain = reader.read(keys.domain, source.get("domain"), ["domain"]);
  const acme = reader.read(keys.acme, source.get("acme"), ["acme"]);
  const edges = reader.read(keys.edges, source.get("edges"), ["edges"]);
  const controlPlane = reader.read(keys.controlPlane, source.get("controlPlane"), ["controlPlane"]);
  const clusterDns = reader.read(keys.clusterDns, source.get("clusterDns"), ["clusterDns"]);
  const clusterCidrs = reader.read(keys.clusterCidrs, source.get("clusterCidrs"), ["clusterCidrs"]);
  const clusterInterfaces = reader.read(keys.clusterInterfaces, source.get("clusterInterfaces"), [
    "clusterInterfaces",
  ]);
  const podTransport = reader.read(keys.podTransport, source.get("podTransport"), ["podTransport"]);
  const podsReach = reader.read(keys.podsReach, source.get("podsReach"), ["podsReach"]);
  const clusterDomain = reader.read(keys.clusterDomain, source.get("clusterDomain"), ["clusterDomain"]);
  const tailnetPolicy = reader.read(keys.tailnetPolicy, source.get("tailnetPolicy"), ["tailnetPolicy"]);
  const zoneId = reader.read(keys.zoneId, source.get("zoneId"), ["zoneId"]);
  const timeZone = reader.read(keys.timeZone, source.get("timeZone"), ["timeZone"]);
  checkHostsDiffer(source, reader);
  if (!domain || !acme || !edges || !controlPlane || !clusterDomain || !timeZone || !podTransport)
    return undefined;
  const cluster = { clusterDns, clusterCidrs, clusterInterfaces, podTransport, podsReach, clusterDomain };
  return { domain, acme, edges, controlPlane, ...cluster, tailnetPolicy, timeZone, zoneId };
}

/** Compares what is written, so that a clash shows although a host has other problems too. */
function checkHostsDiffer(source: ConfigSource, reader: Reader): void {
  const edges = source.get("edges");
  const hosts: { path: Path; host: unknown }[] = [
    { path: ["controlPlane"], host: withName(source.get("controlPlane")) },
    ...(Array.isArray(edges) ? edges : []).map((host: unknown, index) => ({ path: ["edges", index], host })),
  ];
  const claims = (option: string) =>
    hosts.map(({ path, host }) => ({
      path: [...path, option],
      value: isPlainObject(host) ? valueAt(host, [option]) : undefined,
    }));

  reportDuplicates(reader, claims("name"), "Give each host a name of its own.");
  reportDuplicates(reader, claims("device"), "Each host is a device of its own in the tailnet.");
  reportDuplicates(
    reader,
    claims("tailnetIp"),
    "Each host has an address of its own: see `tailscale status`.",
  );
  reportDuplicates(reader, claims("publicIp"), "Write each VPS once, with its own address.");
}

/** An edge may not take the name that the control plane has by default. */
function withName(controlPlane: unknown): unknown {
  return isPlainObject(controlPlane) ? { name: defaultControlPlaneName, ...controlPlane } : controlPlane;
}
