import { createHash } from "node:crypto";
import { ApiError } from "./envelope.ts";
import type { Permission, Token } from "./tokens.ts";
import type { ZoneBase } from "./zoneFile.ts";

/** A zone's list of what a token may do, with the permissions that grant it. Edit includes read. */
const scopes: [string, Permission[]][] = [
  ["#dns_records:edit", ["DNS:Edit"]],
  ["#dns_records:read", ["DNS:Read", "DNS:Edit"]],
  ["#zone:read", ["Zone:Read"]],
];

/** The same name always gives the same id, so that a config can contain it. 32 hexadecimal digits. */
export function zoneId(zone: string): string {
  return identifier(`zone ${zone}`);
}

/**
 * Whether a zone's names are delegated to Cloudflare:
 * https://developers.cloudflare.com/dns/zone-setups/reference/domain-status/
 */
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

/** Throws unless `id` is the zone's: an invalid identifier and another account's zone have different errors. */
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

/** 32 hexadecimal digits, always the same ones for the same text. */
export function identifier(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
