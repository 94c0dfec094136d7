import { getDnsRecords } from "@pulumi/cloudflare/getDnsRecords.js";
import { getZone } from "@pulumi/cloudflare/getZone.js";
import { getZones } from "@pulumi/cloudflare/getZones.js";
import { nameFilter, toAscii } from "../components/dns/recordName.ts";
import { LookupError } from "../components/inputs/lookupError.ts";
import { refusalOf, saying } from "./vendor.ts";
import type { Refusal } from "./vendor.ts";

/** A Cloudflare zone, with the fields used here. */
export interface Zone {
  id: string;
  /** Its domain, in ASCII. */
  name: string;
}

/** A zone as Cloudflare describes it. */
interface FoundZone extends Zone {
  status: string;
  nameServers: string[];
  permissions: string[];
}

/**
 * The Cloudflare zone of a domain: its own or a parent's, or the one with the given id.
 *
 * @param domain in ASCII
 * @throws LookupError if there is none or several, if the zone is another domain's, if it is not active, or if the
 * token may not write to it; VendorError
 */
export async function zoneOf(domain: string, zoneId?: string): Promise<Zone> {
  const zone = zoneId === undefined ? await findZone(domain) : await readZone(zoneId);
  if (!liesIn(domain, zone)) {
    throw new LookupError(
      `"${zone.id}" is the zone of ${zone.name}, which does not contain ${domain}. Set the id of the ` +
        "domain's zone, or remove the option.",
    );
  }
  if (!["active", ""].includes(zone.status)) {
    throw new LookupError(
      `${zone.name} is ${zone.status} at Cloudflare: resolvers do not ask Cloudflare for its names, so no ` +
        "certificate would be issued. Set its name servers at the registrar to " +
        `${zone.nameServers.join(" and ")}, wait until Cloudflare shows the domain as active, and run again.`,
    );
  }
  const { permissions } = zone;
  if (permissions.includes("#zone:read") && !permissions.includes("#dns_records:edit")) {
    throw new LookupError(
      `cloudflare:apiToken is not allowed to write records of ${zone.name}. ${tokenAdvice} Its ` +
        `permissions: ${permissions.join(", ")}.`,
    );
  }
  return { id: zone.id, name: zone.name };
}

const tokenAdvice =
  "Give the token Zone: Read and DNS: Edit for this zone at https://dash.cloudflare.com/profile/api-tokens.";

async function readZone(zoneId: string): Promise<FoundZone> {
  const zone = await getZone({ zoneId }).catch((error: unknown) => {
    const refusal = zoneRefusal(error);
    if (!isRefused(refusal)) throw unknownError(zoneId, refusal);
    throw new LookupError(
      `zone "${zoneId}" not found, or cloudflare:apiToken is not allowed to read it. ` +
        `${tokenAdvice}${saying(refusal.reason)}`,
    );
  });
  return described({ ...zone, id: zoneId });
}

/** Lists all zones, because the provider reports a lookup without a result as an error. */
async function findZone(domain: string): Promise<FoundZone> {
  const { results } = await getZones({ maxItems: 10_000 }).catch((error: unknown) => {
    const refusal = zoneRefusal(error);
    if (!isRefused(refusal)) throw unknownError(domain, refusal);
    throw new LookupError(
      `cloudflare:apiToken is not allowed to list zones. ${tokenAdvice}${saying(refusal.reason)}`,
    );
  });
  const around = results
    .map(described)
    .filter((zone) => liesIn(domain, zone))
    .sort((one, other) => other.name.length - one.name.length);
  const [nearest] = around;
  if (nearest === undefined) {
    const names = results.map(({ name }) => name).join(", ");
    throw new LookupError(
      `"${domain}" is not in any zone that cloudflare:apiToken can read (${names || "none"}). Add the ` +
        `domain at Cloudflare, or give the token access to it. ${tokenAdvice}`,
    );
  }
  const candidates = around.filter(({ name }) => name === nearest.name);
  const active = candidates.filter(({ status }) => status === "active");
  const [only = nearest, ...more] = active.length > 0 ? active : candidates;
  if (more.length === 0) return only;
  throw new LookupError(
    `${nearest.name} has ${candidates.length} zones that cloudflare:apiToken can read. Set zoneId to the ` +
      "id of yours: " +
      candidates.map(({ id, status }) => `${id} (${status})`).join(", "),
  );
}

/** Cloudflare returns non-ASCII names in Unicode. */
function described(zone: {
  id: string;
  name: string;
  status?: string;
  nameServers?: string[];
  permissions?: string[];
}): FoundZone {
  const { id, name, status = "", nameServers = [] } = zone;
  // Cloudflare has announced that this list will be empty some day. Nothing else shows missing rights before the first
  // record is written.
  return { id, name: toAscii(name), status, nameServers, permissions: zone.permissions ?? [] };
}

function liesIn(domain: string, { name }: Zone): boolean {
  return domain === name || domain.endsWith(`.${name}`);
}

/**
 * Cloudflare's refusal of a lookup, for a token that it accepts.
 *
 * @throws LookupError if it refuses the token; VendorError
 * @see https://developers.cloudflare.com/fundamentals/api/troubleshooting/
 */
function zoneRefusal(error: unknown): Refusal {
  const refusal = refusalOf(error, "Cloudflare");
  const { reason, status } = refusal;
  if (status !== 401 && !/invalid access token|invalid api token|invalid request headers/i.test(reason))
    return refusal;
  throw new LookupError(
    `cloudflare:apiToken is not accepted by Cloudflare. ${tokenAdvice} Then set it: ` +
      `pulumi config set --secret cloudflare:apiToken${saying(reason)}`,
  );
}

/** Cloudflare's answer both for what does not exist and for what the token may not read: it rarely tells them apart. */
function isRefused({ status = 0 }: Refusal): boolean {
  return status >= 400 && status < 500;
}

function unknownError(wanted: string, { reason }: Refusal): LookupError {
  return new LookupError(`"${wanted}" cannot be looked up at Cloudflare.${saying(reason)}`);
}

/** A record of a zone, with the fields used here. */
export interface ZoneRecord {
  name: string;
  type: string;
  content: string;
  comment: string;
}

/**
 * The zone's address records at `domain` and below.
 *
 * @throws LookupError, VendorError
 */
export async function addressRecords(zone: Zone, domain: string): Promise<ZoneRecord[]> {
  const query = { zoneId: zone.id, maxItems: 10_000, ...nameFilter("endswith", domain) };
  const { results } = await getDnsRecords(query).catch((error: unknown) => {
    const refusal = refusalOf(error, "Cloudflare");
    const advice = isRefused(refusal)
      ? `cloudflare:apiToken is not allowed to read the records of ${zone.name}. ${tokenAdvice}`
      : `the records of ${zone.name} cannot be read at Cloudflare.`;
    throw new LookupError(`${advice}${saying(refusal.reason)}`);
  });
  return results
    .filter(({ type }) => ["A", "AAAA", "CNAME"].includes(type))
    .map((record) => ({ ...record, name: toAscii(record.name) }));
}
