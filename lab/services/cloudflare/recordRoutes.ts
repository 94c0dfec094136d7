import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError, success } from "./envelope.ts";
import { paginate } from "./paging.ts";
import { type Query, selectRecords } from "./query.ts";
import { checkConflicts, type DnsRecord, isProxiable, parseRecord } from "./record.ts";
import type { RecordStore } from "./store.ts";
import { checkZoneId, isIdentifier } from "./zone.ts";

interface ZoneRoute {
  Params: { zone: string };
  Querystring: Query;
}

interface RecordRoute {
  Params: { zone: string; record: string };
}

/** https://developers.cloudflare.com/api/resources/dns/subresources/records/ */
export function recordRoutes(app: FastifyInstance, store: RecordStore): void {
  const { zone, records: fixed } = store.base;
  const collection = "/client/v4/zones/:zone/dns_records";
  const single = `${collection}/:record`;

  app.get<ZoneRoute>(collection, ({ params, url, query }) => {
    checkZoneId(params.zone, url, zone);
    const { page, info } = paginate(selectRecords(store.records, query), query, {
      default: 100,
      maximum: 5_000_000,
    });
    return success(page, info);
  });

  app.post<ZoneRoute>(collection, ({ params, url, body }) => {
    checkZoneId(params.zone, url, zone);
    const data = parseRecord(body, zone);
    checkConflicts(data, [...fixed, ...store.records]);
    const now = new Date().toISOString();
    const record: DnsRecord = {
      id: randomBytes(16).toString("hex"),
      ...data,
      proxiable: isProxiable(data.type),
      meta: {},
      created_on: now,
      modified_on: now,
    };
    store.change([...store.records, record]);
    return success(record);
  });

  app.get<RecordRoute>(single, (request) => success(find(request)));

  app.put<RecordRoute>(single, (request) => success(replace(find(request), request.body)));

  app.patch<RecordRoute>(single, (request) => {
    const old = find(request);
    const { body } = request;
    const patch = typeof body === "object" && body !== null && !Array.isArray(body) ? body : undefined;
    return success(replace(old, patch && { ...old, ...patch }));
  });

  app.delete<RecordRoute>(single, (request) => {
    const { id } = find(request);
    store.change(store.records.filter((record) => record.id !== id));
    return success({ id });
  });

  function find({ params, url }: FastifyRequest<RecordRoute>): DnsRecord {
    checkZoneId(params.zone, url, zone);
    if (!isIdentifier(params.record)) {
      const message = `Could not route to ${url}, perhaps your object identifier is invalid?`;
      throw new ApiError(404, { code: 7003, message });
    }
    const record = store.find(params.record);
    if (!record) throw new ApiError(404, { code: 81044, message: "Record does not exist." });
    return record;
  }

  function replace(old: DnsRecord, body: unknown): DnsRecord {
    const data = parseRecord(body, zone);
    const others = store.records.filter(({ id }) => id !== old.id);
    checkConflicts(data, [...fixed, ...others]);
    const record = {
      ...old,
      ...data,
      proxiable: isProxiable(data.type),
      modified_on: new Date().toISOString(),
    };
    store.change(store.records.map((entry) => (entry.id === old.id ? record : entry)));
    return record;
  }
}
