import type { GetZoneArgs, GetZoneResult } from "@pulumi/cloudflare";
import { isObject, withoutNulls, type Properties } from "../framework/properties.ts";
import type { ProviderFunction } from "../framework/provider.ts";
import type { Fields, FunctionSchema, Property } from "../framework/schema.ts";
import type { CloudflareApi } from "./api.ts";
import { toCamelCase } from "./casing.ts";
import { failing } from "./failing.ts";
import { queryOf } from "./query.ts";
import { zoneFields } from "./zoneFields.ts";

const text = { type: "string" } as const satisfies Property;

const filterFields = {
  account: { type: { fields: { id: text, name: text } } },
  direction: text,
  match: text,
  name: text,
  order: text,
  status: text,
  types: { type: { list: "string" } },
} as const satisfies Fields;

const inputs = {
  filter: { type: { fields: filterFields } },
  zoneId: text,
} as const satisfies Record<keyof GetZoneArgs, Property>;

const outputs = zoneFields satisfies Record<Exclude<keyof GetZoneResult, keyof GetZoneArgs>, Property>;

const getZoneSchema: FunctionSchema = { inputs, outputs };

/**
 * `cloudflare:index/getZone:getZone`
 * (https://www.pulumi.com/registry/packages/cloudflare/api-docs/getzone/): a zone by its id, or the only one that
 * matches a filter.
 */
export function getZone(api: () => CloudflareApi): ProviderFunction {
  return {
    schema: getZoneSchema,

    async call(args, { signal }) {
      const { filter } = args;
      const zoneId = isObject(filter) ? await findZone(api(), filter, signal) : args.zoneId;
      if (typeof zoneId !== "string" || zoneId === "") {
        throw new Error("Invalid zone configuration: empty or null zone ID; give zoneId, or filter.name");
      }
      const zone = await failing(api().call("GET", `zones/${zoneId}`, signal));
      const live = withoutNulls(toCamelCase(zone)) as Properties;
      const known = Object.keys(outputs).map((name) => [name, live[name]]);
      return { ...args, ...(Object.fromEntries(known) as Properties), id: zoneId, zoneId };
    },
  };
}

async function findZone(api: CloudflareApi, filter: Properties, signal: AbortSignal): Promise<unknown> {
  const query = queryOf(filter);
  const zones = (await failing(
    api.call("GET", `zones?${query.toString()}`, signal),
  )) as unknown as Properties[];
  if (zones.length !== 1) throw new Error(`failed to find exactly one result: ${zones.length} found`);
  return zones[0]?.id;
}
