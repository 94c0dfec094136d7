import type { Catalogue } from "../apps/definition.ts";
import { appSpec } from "./appSpec.ts";
import type { AppsPlatform } from "./appSpec.ts";
import { checkLogin } from "./rules/appSafety.ts";
import { checkChart } from "./rules/chart.ts";
import { checkNamespaces, checkPorts, checkSubdomains } from "./rules/clashes.ts";
import { readEntries } from "./rules/entry.ts";
import { checkExclusions } from "./rules/exclusions.ts";
import { checkHosts } from "./rules/hosts.ts";
import { isUsable, withKnownApps } from "./rules/knownApp.ts";
import { checkOrigin } from "./rules/origin.ts";
import { checkOwnRules } from "./rules/ownRules.ts";
import { reservations } from "./rules/reservations.ts";
import type { Reader } from "./schema/reader.ts";
import type { AppSpec } from "./settings.ts";
import type { ConfigSource } from "./source.ts";

/** All apps, complete if the reader has no problems. Checks each option alone first, then their combinations. */
export function readApps(
  source: ConfigSource,
  platform: AppsPlatform,
  catalogue: Catalogue,
  reader: Reader,
): AppSpec[] {
  const entries = withKnownApps(readEntries(source.get("apps") ?? {}, catalogue, reader), catalogue);
  const usable = entries.filter(isUsable);

  for (const entry of usable) {
    checkOrigin(entry, catalogue, reader);
    checkChart(entry, reader);
    checkLogin(entry, platform.domain, reader);
    checkHosts(entry, platform.domain, reader);
  }
  for (const entry of entries) checkExclusions(entry, reader);

  const apps = usable.flatMap((entry) => {
    const spec = appSpec(entry, platform);
    return spec === undefined ? [] : [{ entry, spec }];
  });
  checkOwnRules(apps, reader);
  checkSubdomains(entries, reader);
  checkNamespaces(entries, reader);
  checkPorts(entries, reservations(source, catalogue), reader);
  return apps.map(({ spec }) => spec);
}
