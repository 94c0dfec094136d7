import type { GetZoneArgs, GetZoneResult } from "@pulumi/cloudflare";
import { isObject, type Properties } from "../framework/properties.ts";
import type { ProviderFunction } from "../framework/provider.ts";
import type { CloudflareApi } from "./api.ts";
import { toCamelCase } from "./casing.ts";

/**
 * `cloudflare:index/getZone:getZone`
 * (https://www.pulumi.com/registry/packages/cloudflare/api-docs/getzone/): a zone by its id, or the
 * one that a filter finds.
 */
export function getZone(api: () => CloudflareApi): ProviderFunction {
  return async (args, { signal }) => {
    const { zoneId, filter } = args as { zoneId?: string; filter?: Properties } satisfies Shape;
    if (zoneId !== undefined) return resultOf(await api().call("GET", `zones/${zoneId}`, signal), args);
    if (!isObject(filter)) throw new Error("cloudflare: getZone needs zoneId or filter; give filter.name");
    const zones = (await api().call("GET", `zones?${queryOf(filter).toString()}`, signal)) as unknown[];
    if (zones.length !== 1) {
      throw new Error(`failed to find exactly one result: found ${zones.length}; narrow the filter`);
    }
    return resultOf(zones[0], args);
  };
}

type Shape = { [Name in keyof GetZoneArgs]: unknown };

function queryOf(filter: Properties): URLSearchParams {
  const query = new URLSearchParams({ match: "all" });
  for (const [name, value] of Object.entries(filter)) {
    if (isObject(value)) {
      for (const [key, part] of Object.entries(value)) query.set(`${name}.${key}`, String(part));
    } else query.set(name, String(value));
  }
  return query;
}

function resultOf(zone: unknown, args: Properties): Properties {
  const { id, ...rest } = toCamelCase(zone) as { id: string };
  const result = { ...args, ...rest, id, zoneId: id } satisfies Partial<GetZoneResult>;
  return result;
}
