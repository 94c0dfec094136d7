import * as pulumi from "@pulumi/pulumi";
import { formerRecordComment, recordComment } from "../components/names.ts";
import type { AppSpec, Platform } from "../config/index.ts";
import type { Findings } from "./findings.ts";
import { addressRecords, zoneOf } from "./zone.ts";

/** The domain's zone; undefined if no app is on the internet. Reports names that have foreign records. */
export async function lookUpZone(
  { domain, zoneId }: Platform,
  apps: readonly AppSpec[],
  findings: Findings,
): Promise<{ zoneId?: string }> {
  const published = apps.filter(({ internet }) => internet);
  if (published.length === 0) return {};
  const path = [zoneId === undefined ? "domain" : "zoneId"];
  const zone = await findings.attempt(path, () => zoneOf(domain, zoneId));
  const records = zone && (await findings.attempt(path, () => addressRecords(zone, domain)));
  for (const { name, hosts } of published) {
    const stranger = records?.find((one) => hosts.includes(one.name) && !isOurs(one.comment));
    if (!stranger) continue;
    findings.report(
      ["apps", name, "subdomain"],
      `${stranger.name} has a record that this stack did not create (${stranger.type} ${stranger.content}) ` +
        "and never overwrites. Delete it at Cloudflare to use the name for the app, or choose another " +
        "subdomain.",
    );
  }
  return { zoneId: zone?.id };
}

function isOurs(comment: string): boolean {
  return [recordComment(pulumi.getStack()), formerRecordComment].includes(comment);
}
