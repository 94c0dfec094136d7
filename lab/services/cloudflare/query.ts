import { ApiError } from "./envelope.ts";
import type { DnsRecord } from "./record.ts";

/** The parameters of a query string; the last one of repeated parameters counts. */
export type Query = Record<string, string | undefined>;

type Test = (record: DnsRecord) => boolean;

const orders = ["type", "name", "content", "ttl", "proxied"] as const;

/**
 * Filters and sorts as "List DNS Records" does: `type`, `proxied`, `search`, and for `name`,
 * `content` and `comment` the plain form or `.exact`, `.contains`, `.startswith`, `.endswith`
 * (`.absent` and `.present` for a comment), all case-insensitive. `match=any` joins them by "or".
 * https://developers.cloudflare.com/api/resources/dns/subresources/records/methods/list/
 */
export function selectRecords(records: readonly DnsRecord[], query: Query): DnsRecord[] {
  const tests = testsOf(query);
  const any = oneOf(query, "match", ["all", "any"]) === "any" && tests.length > 0;
  const selected = records.filter((record) =>
    any ? tests.some((test) => test(record)) : tests.every((test) => test(record)),
  );
  const order = oneOf(query, "order", orders) ?? "name";
  const sign = oneOf(query, "direction", ["asc", "desc"]) === "desc" ? -1 : 1;
  return selected.sort((a, b) => sign * compare(a[order], b[order]) || compare(a.id, b.id));
}

function testsOf(query: Query): Test[] {
  const tests: Test[] = [];
  const { type, proxied, search } = query;
  if (type !== undefined) tests.push((record) => record.type === type.toUpperCase());
  if (proxied !== undefined) tests.push((record) => String(record.proxied) === proxied);
  if (search !== undefined) {
    const words = search.toLowerCase();
    tests.push((record) =>
      [record.name, record.content, record.comment ?? ""].some((text) => text.toLowerCase().includes(words)),
    );
  }
  for (const field of ["name", "content", "comment"] as const) {
    const text = (record: DnsRecord): string => (record[field] ?? "").toLowerCase();
    const add = (value: string | undefined, holds: (text: string, value: string) => boolean): void => {
      if (value !== undefined) tests.push((record) => holds(text(record), value.toLowerCase()));
    };
    if (field !== "comment") add(query[field], (a, b) => a === b);
    add(query[`${field}.exact`], (a, b) => a === b);
    add(query[`${field}.contains`], (a, b) => a.includes(b));
    add(query[`${field}.startswith`], (a, b) => a.startsWith(b));
    add(query[`${field}.endswith`], (a, b) => a.endsWith(b));
  }
  if (query["comment.absent"] !== undefined) tests.push((record) => record.comment === null);
  if (query["comment.present"] !== undefined) tests.push((record) => record.comment !== null);
  return tests;
}

function oneOf<T extends string>(query: Query, name: string, allowed: readonly T[]): T | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found) return found;
  throw new ApiError(400, { code: 1004, message: `Invalid ${name}. Must be one of ${allowed.join(", ")}` });
}

function compare<T extends string | number | boolean>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
