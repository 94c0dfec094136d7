import type { RecordType } from "./record.ts";

/** A record to write, with full names without a trailing dot. */
export interface ZoneRecord {
  name: string;
  type: RecordType | "NS";
  content: string;
  /** Seconds; 1 is "automatic". */
  ttl: number;
}

/** The parts of the zone besides the API's records. */
export interface ZoneBase {
  /** The zone's name. */
  zone: string;
  /** The name server in the SOA record. */
  primaryNameServer: string;
  records: readonly ZoneRecord[];
}

/** Seconds of an "automatic" TTL: https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/ */
const automaticTtl = 300;

/** Short, so that a resolver that asked before a record was created does not cache its absence for long. */
const negativeTtl = 5;

/** The zone as a master file (RFC 1035, section 5), one record per line. */
export function renderZone(records: readonly ZoneRecord[], serial: number, base: ZoneBase): string {
  const { zone, primaryNameServer } = base;
  const soa = `${primaryNameServer}. hostmaster.${zone}. ${serial} 10000 2400 604800 ${negativeTtl}`;
  const lines = [...base.records, ...records].map(
    ({ name, type, content, ttl }) =>
      `${name}. ${ttl === 1 ? automaticTtl : ttl} IN ${type} ${renderContent(type, content)}`,
  );
  return [`${zone}. 3600 IN SOA ${soa}`, ...lines.sort()].join("\n") + "\n";
}

function renderContent(type: ZoneRecord["type"], content: string): string {
  switch (type) {
    case "A":
    case "AAAA":
      return content;
    case "CNAME":
    case "NS":
      return `${content}.`;
    case "TXT":
      return characterStrings(content).map(quote).join(" ");
  }
}

/**
 * The strings of a TXT record. Quoted content gives the texts within the quotes; any other content is one text. A
 * string has at most 255 bytes.
 */
export function characterStrings(content: string): Buffer[] {
  const quoted = /^\s*(?:"(?:[^"\\]|\\.)*"\s*)+$/s.test(content);
  const texts = quoted
    ? Array.from(content.matchAll(/"((?:[^"\\]|\\.)*)"/gs), ([, inside]) => unescape(inside ?? ""))
    : [Buffer.from(content)];
  return texts.flatMap((text) => chunks(text, 255));
}

/** RFC 1035, 5.1: `\DDD` is a byte; a backslash escapes any other character. */
function unescape(text: string): Buffer {
  const parts = Array.from(text.matchAll(/\\(\d{3})|\\(.)|([^\\]+)/gsu), ([, code, escaped, plain]) =>
    code !== undefined && Number(code) < 256
      ? Buffer.from([Number(code)])
      : Buffer.from(code ?? escaped ?? plain ?? ""),
  );
  return Buffer.concat(parts);
}

function chunks(text: Buffer, size: number): Buffer[] {
  if (text.length <= size) return [text];
  return [text.subarray(0, size), ...chunks(text.subarray(size), size)];
}

function quote(text: Buffer): string {
  const escaped = Array.from(text, (byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === "\\") return `\\${character}`;
    return byte >= 0x20 && byte < 0x7f ? character : `\\${String(byte).padStart(3, "0")}`;
  });
  return `"${escaped.join("")}"`;
}
