import type { DnsRecord, DnsRecordArgs } from "@pulumi/cloudflare";
import { HttpError } from "../framework/httpClient.ts";
import type { Properties } from "../framework/properties.ts";
import type { CheckFailure, Resource } from "../framework/provider.ts";
import type { CloudflareApi } from "./api.ts";
import { toCamelCase, toSnakeCase } from "./casing.ts";

const required = ["name", "ttl", "type", "zoneId"] as const satisfies readonly (keyof DnsRecordArgs)[];
const optional = [
  "comment",
  "content",
  "data",
  "priority",
  "proxied",
  "settings",
  "tags",
] as const satisfies readonly (keyof DnsRecordArgs)[];
const computed = [
  "commentModifiedOn",
  "createdOn",
  "meta",
  "modifiedOn",
  "proxiable",
  "tagsModifiedOn",
] as const satisfies readonly (keyof DnsRecord)[];

/**
 * `cloudflare:index/dnsRecord:DnsRecord`
 * (https://www.pulumi.com/registry/packages/cloudflare/api-docs/dnsrecord/).
 */
export function dnsRecord(api: () => CloudflareApi): Resource {
  return {
    replaceOn: ["zoneId"] satisfies (keyof DnsRecordArgs)[],
    computed,

    check(inputs) {
      const failures: CheckFailure[] = required
        .filter((name) => inputs[name] === undefined)
        .map((name) => ({ property: name, reason: "missing required property" }));
      return { inputs, failures };
    },

    async create(inputs, { signal }) {
      const record = await failing(api().call("POST", records(inputs), signal, bodyOf(inputs)));
      return { id: String(record.id), state: stateOf(inputs, record) };
    },

    async update(id, _old, inputs, { signal }) {
      const record = await failing(api().call("PUT", `${records(inputs)}/${id}`, signal, bodyOf(inputs)));
      return stateOf(inputs, record);
    },

    async delete(id, state, { signal }) {
      try {
        await failing(api().call("DELETE", `${records(state)}/${id}`, signal));
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },

    async read(id, state, inputs, { signal }) {
      // An import names both: ZONE/RECORD.
      const [recordId = "", zoneId = state.zoneId] = id.split("/").reverse();
      let record: Properties;
      try {
        record = await failing(api().call("GET", `${records({ zoneId })}/${recordId}`, signal));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
      const live: Properties = { ...(toCamelCase(record) as Properties), zoneId };
      const known = Object.keys(inputs).length > 0 ? Object.keys(inputs) : [...required, ...optional];
      const liveInputs = Object.fromEntries(known.map((name) => [name, live[name] ?? inputs[name]]));
      return { id: recordId, state: stateOf(liveInputs, record), inputs: liveInputs };
    },
  };
}

function records({ zoneId }: Properties): string {
  return `zones/${String(zoneId)}/dns_records`;
}

function bodyOf(inputs: Properties): Properties {
  const given = [...required, ...optional].filter((name) => name !== "zoneId" && inputs[name] !== undefined);
  return {
    proxied: false,
    ...(toSnakeCase(Object.fromEntries(given.map((n) => [n, inputs[n]]))) as Properties),
  };
}

/** What the program gave stays as it was given: the API spells a name in full, for example. */
function stateOf(inputs: Properties, record: Properties): Properties {
  const live = toCamelCase(record) as Properties;
  const outputs = [...required, ...optional, ...computed];
  const known = Object.fromEntries(outputs.map((name) => [name, live[name]]));
  return { ...known, proxied: false, ...inputs, meta: JSON.stringify(live.meta ?? {}) };
}

async function failing(call: Promise<unknown>): Promise<Properties> {
  try {
    return (await call) as Properties;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    error.message = `failed to make http request: ${error.message}`;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof HttpError && error.status === 404;
}
