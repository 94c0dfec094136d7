import { createHash } from "node:crypto";
import { ApiError } from "./envelope.ts";
import type { Permission, Token } from "./tokens.ts";
import type { ZoneBase } from "./zoneFile.ts";

/** What a token may do with a zone, as the zone shows it, and which permissions give it. To edit includes to read. */
const scopes: [string, Permission[]][] = [
  ["#dns_records:edit", ["DNS:Edit"]],
  ["#dns_records:read", ["DNS:Read", "DNS:Edit"]],
  ["#zone:read", ["Zone:Read"]],
];

/** The same for the same name, so that a configuration can hold it. 32 hexadecimal digits. */
export function zoneId(zone: string): string {
  return identifier(`zone ${zone}`);
}

/** Whether the internet asks Cloudflare for a zone's names: https://developers.cloudflare.com/dns/zone-setups/reference/domain-status/ */
export type ZoneStatus = "active" | "pending";

/** A zone as the API shows it to a token: https://developers.cloudflare.com/api/resources/zones/ */
export function zoneObject(
  { zone, primaryNameServer }: Pick<ZoneBase, "zone" | "primaryNameServer">,
  { permissions }: Pick<Token, "permissions">,
  status: ZoneStatus = "active",
): Record<string, unknown> {
  const born = "2025-01-01T00:00:00.000000Z";
  return {
    id: zoneId(zone),
    name: zone,
    status,
    paused: false,
    type: "full",
    development_mode: 0,
    name_servers: [primaryNameServer],
    original_name_servers: null,
    original_registrar: null,
    original_dnshost: null,
    created_on: born,
    modified_on: born,
    activated_on: status === "active" ? born : null,
    account: { id: identifier("account"), name: "Lab" },
    owner: { id: null, type: "user", email: null },
    permissions: scopes.filter(([, of]) => of.some((one) => permissions.includes(one))).map(([name]) => name),
    meta: { step: 2, custom_certificate_quota: 0, page_rule_quota: 3, phishing_detected: false },
    plan: { id: identifier("plan"), name: "Free Website", price: 0, currency: "USD", frequency: "" },
  };
}

/** Throws unless `id` is the zone's: one answer for what is no identifier, another for someone else's zone. */
export function checkZoneId(id: string, url: string, zone: string): void {
  if (id === zoneId(zone)) return;
  const path = url.replace(/\?.*$/s, "");
  if (!isIdentifier(id)) {
    throw new ApiError(404, {
      code: 7003,
      message: `Could not route to ${path}, perhaps your object identifier is invalid?`,
    });
  }
  throw path.includes("/dns_records")
    ? new ApiError(403, { code: 10000, message: "Authentication error" })
    : new ApiError(403, { code: 9109, message: "Unauthorized to access requested resource" });
}

export function isIdentifier(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}

/** 32 hexadecimal digits, the same for the same text. */
export function identifier(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
