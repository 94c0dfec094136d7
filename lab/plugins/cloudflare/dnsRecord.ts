import { diffProperties, concerns } from "../framework/diff.ts";
import { HttpError } from "../framework/httpClient.ts";
import { pick, prune, withoutNulls, type Properties } from "../framework/properties.ts";
import type { CheckFailure, Resource } from "../framework/provider.ts";
import { misfits } from "../framework/schema.ts";
import type { CloudflareApi } from "./api.ts";
import { toCamelCase, toSnakeCase } from "./casing.ts";
import { failing } from "./failing.ts";
import { bodyFields, computedInputs, dnsRecordSchema, recordTypes } from "./dnsRecordSchema.ts";

/**
 * `cloudflare:index/dnsRecord:DnsRecord`
 * (https://www.pulumi.com/registry/packages/cloudflare/api-docs/dnsrecord/).
 *
 * Creating an existing record fails, and so does deleting a missing one. After an interrupted run, a refresh or an
 * import as `ZONE/RECORD` is needed.
 */
export function dnsRecord(api: () => CloudflareApi): Resource {
  return {
    schema: dnsRecordSchema,

    check(inputs) {
      return { inputs, failures: [...declared(inputs), ...constraints(inputs)] };
    },

    // Compared with the state, so that changes by others are reverted.
    diff({ state, inputs }, news) {
      const name = isSameName(state.name, news.name) ? { name: state.name } : {};
      const changes = diffProperties(prune(state, inputs, news), { ...news, ...name });
      return {
        changes: changes.filter(
          ({ path, kind }) => kind !== "delete" || !computedInputs.some((input) => concerns(path, input)),
        ),
        replaces: (path) => path === "zoneId" || path === "type",
      };
    },

    async create(inputs, { signal }) {
      if (inputs.proxied === true && inputs.ttl !== 1) {
        throw new Error(
          "ttl must be set to 1 when `proxied` is true: When a DNS record is marked as `proxied` the TTL must " +
            "be 1 as Cloudflare will control the TTL internally.",
        );
      }
      const record = await failing(api().call("POST", records(inputs), signal, bodyOf(inputs)));
      return { id: String(record.id), state: { ...stateOf(record), ...inputs } };
    },

    async update(id, old, inputs, { signal }) {
      const body = bodyOf({ ...pick(old, computedInputs), ...inputs });
      const record = await failing(api().call("PUT", `${records(inputs)}/${id}`, signal, body));
      return { ...stateOf(record), ...inputs };
    },

    async delete(id, state, { signal }) {
      await failing(api().call("DELETE", `${records(state)}/${id}`, signal));
    },

    async read(id, state, inputs, { signal }) {
      const imported = Object.keys(state).length === 0;
      const [zoneId, recordId] = imported ? parseImportId(id) : [state.zoneId, id];
      try {
        const record = await failing(api().call("GET", `${records({ zoneId })}/${recordId}`, signal));
        const live = { ...stateOf(record), zoneId };
        const known = imported ? Object.keys(dnsRecordSchema.inputs) : Object.keys(inputs);
        return { id: String(record.id), state: live, inputs: pick(live, known) };
      } catch (error) {
        if (!imported && error instanceof HttpError && error.status === 404) return undefined;
        throw error;
      }
    },
  };
}

function declared(inputs: Properties): CheckFailure[] {
  return misfits(dnsRecordSchema.inputs, inputs).map(({ path, problem }) => ({
    property: path,
    reason: problem === "missing" ? `Missing required property '${path}'` : `${problem} property "${path}"`,
  }));
}

function constraints({ type, content, data }: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (typeof type === "string" && /^[A-Za-z]+$/.test(type) && !recordTypes.includes(type.toUpperCase())) {
    const reason = `value must be one of: ${recordTypes.join(", ")}, got: "${type}"`;
    failures.push({ property: "type", reason });
  }
  if (content !== undefined && data !== undefined) {
    failures.push({ property: "content", reason: '"content" cannot be given along with "data"' });
  }
  return failures;
}

/** A name may be relative to its zone; the API answers with the full name. */
function isSameName(live: unknown, name: unknown): boolean {
  if (typeof live !== "string" || typeof name !== "string") return false;
  return name === "@" ? live.includes(".") : live.startsWith(`${name.replace(/\.$/, "")}.`);
}

function records({ zoneId }: Properties): string {
  return `zones/${String(zoneId)}/dns_records`;
}

function parseImportId(id: string): [zoneId: string, recordId: string] {
  const [zoneId, recordId, ...rest] = id.split("/");
  if (zoneId && recordId && rest.length === 0) return [zoneId, recordId];
  throw new Error(
    `invalid ID: expected ${JSON.stringify("<zone_id>/<dns_record_id>")}, got ${JSON.stringify(id)}`,
  );
}

function bodyOf(inputs: Properties): Properties {
  return toSnakeCase(pick(inputs, bodyFields)) as Properties;
}

/** A record of the API as outputs. `settings` has values even if the API omits it. */
function stateOf(record: Properties): Properties {
  const live = withoutNulls(toCamelCase(record)) as Properties;
  const settings = { flattenCname: false, ipv4Only: false, ipv6Only: false, ...(live.settings ?? {}) };
  return {
    ...pick(live, [...bodyFields, ...Object.keys(dnsRecordSchema.outputs)]),
    settings,
    meta: JSON.stringify(record.meta ?? {}),
  };
}
