import type { Provider } from "../framework/provider.ts";
import { cloudflareApi, type CloudflareApi } from "./api.ts";
import { dnsRecord } from "./dnsRecord.ts";
import { getDnsRecords } from "./getDnsRecords.ts";
import { getZone } from "./getZone.ts";
import { getZones } from "./getZones.ts";

/** Stands in for https://github.com/pulumi/pulumi-cloudflare: DNS records and their zones. */
export function cloudflareProvider(version: string): Provider {
  let configured: CloudflareApi | undefined;
  const api = () => (configured ??= cloudflareApi({}));
  return {
    name: "cloudflare",
    version,
    bridged: true,
    configure(args) {
      configured = cloudflareApi(args);
    },
    resources: { "cloudflare:index/dnsRecord:DnsRecord": dnsRecord(api) },
    functions: {
      "cloudflare:index/getDnsRecords:getDnsRecords": getDnsRecords(api),
      "cloudflare:index/getZone:getZone": getZone(api),
      "cloudflare:index/getZones:getZones": getZones(api),
    },
  };
}
