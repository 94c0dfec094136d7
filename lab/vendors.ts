/**
 * Changes at the vendors outside of the program: tokens with fewer permissions, records of others, a used-up quota. All
 * of this is the lab's state as it would be the vendors' state; the program sees it only over HTTP.
 *
 * Any other text of 40 characters is an invalid token.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { vendorCredentials, vendorFiles } from "./internet.ts";
import { runInNetwork } from "./run.ts";
import { writeAtomically } from "./services/atomicFile.ts";
import type { TokenOptions } from "./services/cloudflare/tokens.ts";
import { zoneId } from "./services/cloudflare/zone.ts";
import type { TokenInput } from "./services/tailscale/credentials.ts";
import { domain, services } from "./topology.ts";

/** An existing zone of another account. */
export const foreignZone = zoneId(`neighbour.${domain}`);

/**
 * A token of the lab's Cloudflare account, for `cloudflare:apiToken`.
 *
 * @param options permissions @default all; `rateLimit: { limit: 0, window }` for a user whose quota is used up
 */
export function mintCloudflareToken(options: Omit<TokenOptions, "token"> = {}): string {
  const token = `cf-${randomBytes(20).toString("hex")}`;
  const tokens = readJson(vendorFiles.cloudflareTokens) as TokenOptions[];
  writeJson(vendorFiles.cloudflareTokens, [...tokens, { token, ...options }]);
  return token;
}

/**
 * A Tailscale OAuth client, for `tailscale:oauthClientId` and `oauthClientSecret` (with an empty `tailscale:apiKey`).
 *
 * @param scopes such as `auth_keys`, which lists no devices
 * @see https://tailscale.com/kb/1623/trust-credentials#scopes
 */
export function mintTailscaleClient(scopes: string[]): { id: string; secret: string } {
  const id = randomBytes(6).toString("hex");
  const client = { id, secret: `tskey-client-${id}-${randomBytes(20).toString("hex")}`, scopes };
  const tokens = readJson(vendorFiles.tailscaleTokens) as TokenInput;
  const oauthClients = [...(tokens.oauthClients ?? []), client];
  writeJson(vendorFiles.tailscaleTokens, { ...tokens, oauthClients });
  return client;
}

/** A record of the zone in the format of the vendor's API. */
export interface ZoneRecord {
  id: string;
  name: string;
  type: string;
  content: string;
  proxied: boolean;
  comment: string | null;
}

/** All records in the lab's zone, whether created by the program or by others. */
export function zoneRecords(): Promise<ZoneRecord[]> {
  return callCloudflare("GET", "") as Promise<ZoneRecord[]>;
}

/** Creates a record as the zone's owner would by hand. @returns its id */
export async function makeRecord(
  record: Partial<ZoneRecord> & { name: string; ttl?: number },
): Promise<string> {
  const body = { type: "A", content: "192.0.2.99", ttl: 1, comment: "by hand", ...record };
  return ((await callCloudflare("POST", "", body)) as ZoneRecord).id;
}

/** Changes a record by hand. */
export async function changeRecord(id: string, change: Partial<ZoneRecord>): Promise<void> {
  await callCloudflare("PATCH", `/${id}`, change);
}

/** Deletes any record of the zone. */
export async function removeRecord(id: string): Promise<void> {
  await callCloudflare("DELETE", `/${id}`);
}

/** The tailnet's policy file, as shown to its owner in the admin console. */
export function tailnetPolicyText(): Promise<string> {
  return callTailscale("GET");
}

/** Replaces the tailnet's policy file, as its owner does in the admin console. @param text empty for the default one */
export async function setTailnetPolicy(text: string): Promise<void> {
  await callTailscale("POST", text);
}

async function callTailscale(method: string, body?: string): Promise<string> {
  const headers = [
    `Authorization: Bearer ${vendorCredentials().tailscaleApiKey}`,
    "Content-Type: application/hujson",
  ];
  return call(method, `http://${services.tailscale.address}/api/v2/tailnet/-/acl`, headers, body);
}

/** With the zone owner's token, over HTTP, since only the service writes its file. */
async function callCloudflare(method: string, path: string, body?: object): Promise<unknown> {
  const url = `http://${services.cloudflare.address}/client/v4/zones/${zoneId(domain)}/dns_records${path}`;
  const headers = [
    `Authorization: Bearer ${vendorCredentials().cloudflareToken}`,
    "Content-Type: application/json",
  ];
  const answer = await call(method, url, headers, body && JSON.stringify(body));
  const { success, result } = JSON.parse(answer) as { success: boolean; result: unknown };
  if (!success) throw new Error(`${method} ${url}: ${answer}`);
  return result;
}

async function call(method: string, url: string, headers: string[], body?: string): Promise<string> {
  // Every user can read a process's arguments, so the token is passed by stdin.
  const config = [
    `url = "${url}"`,
    `request = "${method}"`,
    "fail-with-body",
    ...headers.map((header) => `header = "${header}"`),
    ...(body === undefined ? [] : [`data-raw = ${JSON.stringify(body)}`]),
  ].join("\n");
  return runInNetwork("client", ["curl", "-sS", "--config", "-"], {
    input: config,
    stripFinalNewline: false,
  });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

function writeJson(path: string, value: unknown): void {
  writeAtomically(path, JSON.stringify(value));
}
