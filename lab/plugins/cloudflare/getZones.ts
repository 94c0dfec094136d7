import type { GetZonesArgs, GetZonesResult } from "@pulumi/cloudflare";
import { omit, pick, withoutNulls, type Properties } from "../framework/properties.ts";
import type { ProviderFunction } from "../framework/provider.ts";
import type { FunctionSchema, Property } from "../framework/schema.ts";
import type { CloudflareApi } from "./api.ts";
import { toCamelCase, toSnakeCase } from "./casing.ts";
import { failing } from "./failing.ts";
import { queryOf } from "./query.ts";
import { zoneFields } from "./zoneFields.ts";

const text = { type: "string" } as const satisfies Property;

const inputs = {
  account: { type: { fields: { id: text, name: text } } },
  direction: text,
  match: text,
  maxItems: { type: "number" },
  name: text,
  order: text,
  status: text,
  types: { type: { list: "string" } },
} as const satisfies Record<keyof GetZonesArgs, Property>;

const outputs = {
  results: { type: { list: { fields: zoneFields } } },
} as const satisfies Record<Exclude<keyof GetZonesResult, keyof GetZonesArgs>, Property>;

const getZonesSchema: FunctionSchema = { inputs, outputs };

const defaultMaximum = 1000;

/**
 * `cloudflare:index/getZones:getZones`
 * (https://www.pulumi.com/registry/packages/cloudflare/api-docs/getzones/): the zones that the token may read and that
 * match a filter, page by page until one is empty.
 */
export function getZones(api: () => CloudflareApi): ProviderFunction {
  return {
    schema: getZonesSchema,

    async call(args, { signal }) {
      const { maxItems, types } = args as GetZonesArgs;
      const maximum = maxItems !== undefined && maxItems > 0 ? maxItems : defaultMaximum;
      const filter = toSnakeCase(omit(args, "maxItems", "types")) as Properties;
      const results: Properties[] = [];
      for (let page = 1; results.length < maximum; page++) {
        const query = queryOf({ ...filter, ...(types ? { type: types } : {}), page });
        const found = (await failing(
          api().call("GET", `zones?${query.toString()}`, signal),
        )) as unknown as Properties[];
        if (found.length === 0) break;
        results.push(...found);
      }
      return { match: "all", ...args, results: results.slice(0, maximum).map(described) };
    },
  };
}

function described(zone: Properties): Properties {
  return pick(withoutNulls(toCamelCase(zone)) as Properties, Object.keys(zoneFields));
}
