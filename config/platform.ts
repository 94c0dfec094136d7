import type { z } from "zod";
import { keys } from "./schema/platform.ts";
import type { Reader } from "./schema/reader.ts";
import type { Platform } from "./settings.ts";
import type { ConfigSource } from "./source.ts";

type Keys = typeof keys;

/** The value of each key; `undefined` where it is not valid. */
type PlatformKeys = { [Key in keyof Keys]: z.output<Keys[Key]> | undefined };

/** What all apps share; `undefined` if part of it is invalid, which the reader records. */
export function readPlatform(source: ConfigSource, reader: Reader): Platform | undefined {
  const read = readKeys(source, reader);
  const { domain, acme, edges, controlPlane, clusterDomain, podTransport, timeZone } = read;
  if (!domain || !acme || !edges || !controlPlane || !clusterDomain || !podTransport || !timeZone)
    return undefined;
  return {
    domain,
    acme,
    edges,
    controlPlane,
    clusterDns: read.clusterDns,
    clusterCidrs: read.clusterCidrs,
    clusterInterfaces: read.clusterInterfaces,
    podTransport,
    podsReach: read.podsReach,
    clusterDomain,
    tailnetPolicy: read.tailnetPolicy,
    timeZone,
    zoneId: read.zoneId,
  };
}

function readKeys(source: ConfigSource, reader: Reader): PlatformKeys {
  const values = Object.entries<z.ZodType>(keys).map(([key, schema]) => [
    key,
    reader.read(schema, source.get(key), [key]),
  ]);
  return Object.fromEntries(values) as PlatformKeys;
}
