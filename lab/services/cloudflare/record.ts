import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import { ApiError } from "./envelope.ts";
import { canonicalName, isHostName, isOwnerName } from "./names.ts";

const recordTypes = ["A", "AAAA", "CNAME", "TXT"] as const;
export type RecordType = (typeof recordTypes)[number];

/** A record as the API shows it: https://developers.cloudflare.com/api/resources/dns/subresources/records/ */
export interface DnsRecord extends RecordData {
  /** 32 hexadecimal digits. */
  id: string;
  proxiable: boolean;
  settings: Record<string, unknown>;
  meta: Record<string, unknown>;
  /** RFC 3339. */
  created_on: string;
  modified_on: string;
}

/** The fields that a client sets. */
export interface RecordData {
  /** The full name in lower case, without a trailing dot. */
  name: string;
  type: RecordType;
  content: string;
  /** Seconds; 1 is "automatic". @default 1 */
  ttl: number;
  /** Stored and returned, without effect on the DNS: the lab has no proxy network. */
  proxied: boolean;
  comment: string | null;
  tags: string[];
}

const shape = z.object({
  name: z.string(),
  type: z.string(),
  content: z.string(),
  ttl: z.number().default(1),
  proxied: z.boolean().default(false),
  comment: z.string().max(500).nullable().default(null),
  tags: z.array(z.string()).default([]),
  settings: z.record(z.string(), z.unknown()).default({}),
});

/**
 * The vendor publishes no list of its codes. Its real answers were seen to have 9005, 9006, 9021, 9207, 81044 and
 * 81058, with these texts; the others in this file only have the same form.
 */
const contentRules: Record<
  RecordType,
  { code: number; message: string; holds: (content: string) => boolean }
> = {
  A: { code: 9005, message: "Content for A record must be a valid IPv4 address.", holds: isIPv4 },
  AAAA: { code: 9006, message: "Content for AAAA record must be a valid IPv6 address.", holds: isPlainIPv6 },
  CNAME: { code: 9007, message: "Content for CNAME record is invalid.", holds: isHostName },
  TXT: { code: 9010, message: "Content for TXT record is invalid.", holds: isText },
};

/** Checks a body with a whole record (POST, PUT, or PATCH merged into the old one). */
export function parseRecord(body: unknown, zone: string): RecordData & { settings: Record<string, unknown> } {
  const parsed = shape.safeParse(body);
  if (!parsed.success) throw invalid(9207, "Request body is invalid.");
  const { data } = parsed;

  const type = recordTypes.find((candidate) => candidate === data.type.toUpperCase());
  if (!type)
    throw chained(9000, `DNS record type "${data.type}" is not supported; use ${recordTypes.join(", ")}`);

  const name = canonicalName(data.name, zone);
  if (!isOwnerName(name)) throw invalid(9000, "DNS name is invalid.");

  const content = type === "CNAME" ? canonicalName(data.content, zone, "absolute") : data.content.trim();
  const rule = contentRules[type];
  if (!rule.holds(content)) throw invalid(rule.code, rule.message);
  if (type === "CNAME" && content === name) throw invalid(9039, "CNAME content cannot reference itself.");

  if (data.ttl !== 1 && !(Number.isInteger(data.ttl) && data.ttl >= 60 && data.ttl <= 86_400)) {
    throw chained(9021, "TTL must be between 60 and 86400 seconds, or 1 for Automatic.");
  }
  if (data.proxied && !isProxiable(type)) throw invalid(9004, "This kind of record cannot be proxied.");

  // The TTL of a proxied record is always automatic.
  return { ...data, type, name, content, ttl: data.proxied ? 1 : data.ttl };
}

/** Throws if `candidate` conflicts with existing records. */
export function checkConflicts(
  candidate: RecordData,
  others: readonly { name: string; type: string; content: string }[],
): void {
  const sameName = others.filter(({ name }) => name === candidate.name);
  if (sameName.some(({ type, content }) => type === candidate.type && content === candidate.content)) {
    throw invalid(81058, "An identical record already exists.");
  }
  // RFC 1034, 3.6.2: a name with a CNAME has no other records.
  if (candidate.type === "CNAME" && sameName.length > 0) {
    throw invalid(81053, "An A, AAAA, or CNAME record with that host already exists.");
  }
  if (sameName.some(({ type }) => type === "CNAME")) {
    throw invalid(81054, "A CNAME record with that host already exists.");
  }
}

export function isProxiable(type: RecordType): boolean {
  return type !== "TXT";
}

function isPlainIPv6(content: string): boolean {
  return isIPv6(content) && !content.includes("%");
}

function isText(content: string): boolean {
  return content !== "" && Buffer.byteLength(content) <= 2048;
}

function invalid(code: number, message: string): ApiError {
  return new ApiError(400, { code, message });
}

function chained(code: number, message: string): ApiError {
  return new ApiError(400, { code: 1004, message: "DNS Validation Error", error_chain: [{ code, message }] });
}
