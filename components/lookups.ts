import { getDnsRecords } from "@pulumi/cloudflare/getDnsRecords.js";
import { getZone, type GetZoneResult } from "@pulumi/cloudflare/getZone.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import type * as pulumi from "@pulumi/pulumi";
import { getDevice } from "@pulumi/tailscale/getDevice.js";
import { isIPv4 } from "node:net";
import { LookupError, refusalOf, saying } from "./lookupFailure.ts";
import type { Refusal } from "./lookupFailure.ts";

/**
 * The IPv4 address of the device with that name in the tailnet, its short or its full one.
 *
 * @throws LookupError, VendorError
 */
export async function tailnetAddress(device: string): Promise<string> {
  const query = device.includes(".") ? { name: device } : { hostname: device };
  const { addresses } = await getDevice(query).catch((error: unknown) => {
    const { reason, status } = refusalOf(error, "Tailscale");
    if (status === 401 || /token invalid/i.test(reason)) {
      throw new LookupError(
        "tailscale:oauthClientSecret (or apiKey) is not accepted by Tailscale. Make a new one at " +
          "https://login.tailscale.com/admin/settings/oauth and set it, or give every host its tailnetIp by hand." +
          saying(reason),
      );
    }
    if (status === 403 || /permission/i.test(reason)) {
      throw new LookupError(
        "tailscale:oauthClientId may not read the tailnet's devices. Give the OAuth client the scope " +
          `devices:core:read, or give every host its tailnetIp by hand.${saying(reason)}`,
      );
    }
    if (/could not find device/i.test(reason)) {
      throw new LookupError(
        `"${device}" is not found in the tailnet. Write the name as \`tailscale status\` lists it.${saying(reason)}`,
      );
    }
    throw new LookupError(
      `"${device}" cannot be looked up in the tailnet. A host with a tailnetIp in the config needs no lookup.${saying(reason)}`,
    );
  });
  const address = addresses.find((one) => isIPv4(one));
  if (address !== undefined) return address;
  throw new LookupError(`"${device}" has no IPv4 address in the tailnet. Set tailnetIp by hand.`);
}

/** The ClusterIP of the cluster's DNS, whatever serves it: k3s and kubeadm both call it kube-dns. */
export function clusterDnsAddress(provider?: Provider): pulumi.Output<string> {
  return Service.get("cluster-dns", "kube-system/kube-dns", { provider }).spec.clusterIP;
}

/** A Cloudflare zone, as far as it matters here. */
export interface Zone {
  id: string;
  /** Its domain. */
  name: string;
}

/**
 * The Cloudflare zone that a domain is in: its own or a parent's, or the one with the given id.
 *
 * @throws LookupError if there is none, if it is another domain's, or if the token may not write to it; VendorError
 */
export async function zoneOf(domain: string, zoneId?: string): Promise<Zone> {
  const zone = zoneId === undefined ? await findZone(domain) : await readZone(zoneId);
  if (domain !== zone.name && !domain.endsWith(`.${zone.name}`)) {
    throw new LookupError(
      `"${zone.id}" is the zone of ${zone.name}, in which ${domain} does not lie. Write that of the domain, or leave it out.`,
    );
  }
  // Where the list is filled in at all: Cloudflare has announced to leave it empty some day.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells before the first record is written
  const { permissions } = zone;
  if (permissions.includes("#zone:read") && !permissions.includes("#dns_records:edit")) {
    throw new LookupError(
      `cloudflare:apiToken may not write records of ${zone.name}. ${tokenAdvice} Its permissions: ${permissions.join(", ")}.`,
    );
  }
  return { id: zone.zoneId, name: zone.name };
}

const tokenAdvice =
  "Give the token Zone: Read and DNS: Edit for this zone at https://dash.cloudflare.com/profile/api-tokens.";

function readZone(zoneId: string): Promise<GetZoneResult> {
  return getZone({ zoneId }).catch((error: unknown) => {
    const refusal = zoneRefusal(error);
    if (!isRefused(refusal)) throw unknownError(zoneId, refusal);
    throw new LookupError(
      `"${zoneId}" is no zone that cloudflare:apiToken may read. ${tokenAdvice}${saying(refusal.reason)}`,
    );
  });
}

async function findZone(domain: string): Promise<GetZoneResult> {
  const labels = domain.split(".");
  const reasons: string[] = [];
  for (let first = 0; first <= labels.length - 2; first++) {
    const name = labels.slice(first).join(".");
    try {
      return await getZone({ filter: { name } });
    } catch (error) {
      const refusal = zoneRefusal(error);
      const none = /exactly one result\W+0 found/i.test(refusal.reason);
      if (!none && !isRefused(refusal)) throw unknownError(name, refusal);
      reasons.push(refusal.reason);
    }
  }
  throw new LookupError(
    `"${domain}" lies in no zone that cloudflare:apiToken may read. Add the domain at Cloudflare, or let the token ` +
      `see it. ${tokenAdvice}${saying(reasons.at(-1) ?? "")}`,
  );
}

/**
 * Cloudflare's no to a question for a zone, of a token that it accepts.
 *
 * @throws LookupError if it does not, VendorError
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

/** Cloudflare says so of what is not there and of what the token may not see, which it rarely tells apart. */
function isRefused({ status = 0 }: Refusal): boolean {
  return status >= 400 && status < 500;
}

function unknownError(wanted: string, { reason }: Refusal): LookupError {
  return new LookupError(
    `"${wanted}" cannot be looked up at Cloudflare. If it is the name of several zones, name yours by its zoneId.${saying(reason)}`,
  );
}

/** A record of a zone, as far as it matters here. */
export interface ZoneRecord {
  name: string;
  type: string;
  content: string;
  comment: string;
}

/**
 * The records that say where a zone's names lead, at `domain` and below it.
 *
 * @throws LookupError, VendorError
 */
export async function addressRecords(zone: Zone, domain: string): Promise<ZoneRecord[]> {
  const query = { zoneId: zone.id, name: { endswith: domain }, maxItems: 10_000 };
  const { results } = await getDnsRecords(query).catch((error: unknown) => {
    const refusal = refusalOf(error, "Cloudflare");
    const advice = isRefused(refusal)
      ? `cloudflare:apiToken may not read the records of ${zone.name}. ${tokenAdvice}`
      : `the records of ${zone.name} cannot be read at Cloudflare.`;
    throw new LookupError(`${advice}${saying(refusal.reason)}`);
  });
  return results.filter(({ type }) => ["A", "AAAA", "CNAME"].includes(type));
}
