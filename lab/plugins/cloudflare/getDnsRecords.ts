import type { GetDnsRecordsArgs, GetDnsRecordsResult, types } from "@pulumi/cloudflare";
import { omit, pick, withoutNulls, type Properties } from "../framework/properties.ts";
import type { ProviderFunction } from "../framework/provider.ts";
import type { Fields, FunctionSchema, Property } from "../framework/schema.ts";
import type { CloudflareApi } from "./api.ts";
import { toCamelCase, toSnakeCase } from "./casing.ts";
import { settingsFields } from "./dnsRecordSchema.ts";
import { failing } from "./failing.ts";
import { queryOf } from "./query.ts";

const text = { type: "string" } as const satisfies Property;
const flag = { type: "boolean" } as const satisfies Property;

const textFilter = {
  contains: text,
  endswith: text,
  exact: text,
  startswith: text,
} as const satisfies Fields;
const presence = { absent: text, present: text } as const satisfies Fields;

const inputs = {
  comment: { type: { fields: { ...textFilter, ...presence } } },
  content: { type: { fields: textFilter } },
  direction: text,
  includeShadowMetadata: flag,
  match: text,
  maxItems: { type: "number" },
  name: { type: { fields: textFilter } },
  order: text,
  proxied: flag,
  search: text,
  shadowedByName: text,
  shadowingName: text,
  tag: { type: { fields: { ...textFilter, ...presence } } },
  tagMatch: text,
  type: text,
  zoneId: text,
} as const satisfies Record<keyof GetDnsRecordsArgs, Property>;

const resultFields = {
  comment: text,
  commentModifiedOn: text,
  content: text,
  createdOn: text,
  data: { type: "object" },
  id: text,
  // JSON
  meta: text,
  modifiedOn: text,
  name: text,
  priority: { type: "number" },
  privateRouting: flag,
  proxiable: flag,
  proxied: flag,
  settings: { type: { fields: settingsFields } },
  tags: { type: { list: "string" } },
  tagsModifiedOn: text,
  ttl: { type: "number" },
  type: text,
} as const satisfies Record<keyof types.output.GetDnsRecordsResult, Property>;

const outputs = {
  results: { type: { list: { fields: resultFields } } },
} as const satisfies Record<Exclude<keyof GetDnsRecordsResult, keyof GetDnsRecordsArgs>, Property>;

const getDnsRecordsSchema: FunctionSchema = { inputs, outputs };

const defaultMaximum = 1000;
const pageSize = 1000;

/**
 * `cloudflare:index/getDnsRecords:getDnsRecords`
 * (https://www.pulumi.com/registry/packages/cloudflare/api-docs/getdnsrecords/): the records of a zone that match a
 * filter, from all pages.
 */
export function getDnsRecords(api: () => CloudflareApi): ProviderFunction {
  return {
    schema: getDnsRecordsSchema,

    async call(args, { signal }) {
      const { zoneId, maxItems } = args;
      const maximum = typeof maxItems === "number" ? maxItems : defaultMaximum;
      const filter = toSnakeCase(omit(args, "zoneId", "maxItems")) as Properties;
      const results: Properties[] = [];
      for (let page = 1; results.length < maximum; page++) {
        const query = queryOf({ ...filter, page, per_page: pageSize });
        const path = `zones/${String(zoneId)}/dns_records?${query.toString()}`;
        const found = (await failing(api().call("GET", path, signal))) as unknown as Properties[];
        results.push(...found);
        if (found.length < pageSize) break;
      }
      return { ...args, results: results.slice(0, maximum).map(resultOf) };
    },
  };
}

function resultOf(record: Properties): Properties {
  const live = withoutNulls(toCamelCase(record)) as Properties;
  return { ...pick(live, Object.keys(resultFields)), meta: JSON.stringify(record.meta ?? {}) };
}
