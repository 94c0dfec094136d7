import type { DnsRecord, DnsRecordArgs, types } from "@pulumi/cloudflare";
import type { Property, ResourceSchema } from "../framework/schema.ts";

const text = { type: "string" } as const satisfies Property;
const number = { type: "number" } as const satisfies Property;
const flag = { type: "boolean" } as const satisfies Property;

export const settingsFields = {
  flattenCname: flag,
  ipv4Only: flag,
  ipv6Only: flag,
} as const satisfies Record<keyof types.input.DnsRecordSettings, Property>;

const inputs = {
  comment: text,
  content: { type: "string", computed: true },
  // Fields of record types with more than one value; passed on unchanged.
  data: { type: "object" },
  includeShadowMetadata: { type: "boolean", computed: true },
  name: { type: "string", required: true },
  priority: number,
  privateRouting: flag,
  proxied: { type: "boolean", computed: true },
  settings: { type: { fields: settingsFields }, computed: true },
  tags: { type: { list: "string" }, computed: true },
  ttl: { type: "number", required: true },
  type: { type: "string", required: true, replaces: true },
  zoneId: { type: "string", required: true, replaces: true },
} as const satisfies Record<keyof DnsRecordArgs, Property>;

const outputs = {
  commentModifiedOn: text,
  createdOn: text,
  // JSON
  meta: text,
  modifiedOn: text,
  proxiable: flag,
  tagsModifiedOn: text,
} as const satisfies Partial<Record<keyof DnsRecord, Property>>;

export const dnsRecordSchema: ResourceSchema = { inputs, outputs };

/** The fields of a request's body: all inputs except the zone, which is in the path. */
export const bodyFields = Object.keys(inputs).filter(
  (name) => name !== "zoneId" && name !== "includeShadowMetadata",
);

/** Fields that the API fills in if the program omits them. */
export const computedInputs = ["content", "proxied", "settings", "tags"] satisfies (keyof typeof inputs)[];

/** https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/ */
export const recordTypes: readonly string[] =
  "A AAAA CAA CERT CNAME DNSKEY DS HTTPS LOC MX NAPTR NS OPENPGPKEY PTR SMIMEA SRV SSHFP SVCB TLSA TXT URI".split(
    " ",
  );
