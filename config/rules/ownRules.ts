import { isSameService } from "../../apps/identify.ts";
import type { AppSpec } from "../settings.ts";
import type { Reader } from "../schema/reader.ts";
import type { UsableEntry } from "./knownApp.ts";

/** An entry, and its app. */
export interface SpecifiedApp {
  entry: UsableEntry;
  spec: AppSpec;
}

/**
 * Rules of the catalogue's apps for themselves, whatever their key here. An entry with only a Service reaches what
 * another entry installs: that one's values are checked against this one's exposure.
 */
export function checkOwnRules(apps: readonly SpecifiedApp[], reader: Reader): void {
  for (const app of apps) {
    const { entry, spec } = app;
    const installer = installerOf(app, apps) ?? app;
    const judged = { internet: spec.internet, hsts: spec.hsts, release: installer.spec.release };
    for (const { option, message } of installer.entry.known?.problems?.(judged) ?? []) {
      if (option === "values" && installer !== app)
        reader.report([...installer.entry.path, option], `${spec.name} makes it public, and ${message}`);
      else reader.reportOnce([...entry.path, option], message);
    }
  }
}

/** The other entry that installs this one's Service. */
function installerOf({ spec }: SpecifiedApp, apps: readonly SpecifiedApp[]): SpecifiedApp | undefined {
  if (spec.release) return undefined;
  return apps.find((other) => other.spec.release && isSameService(other.spec.service, spec.service));
}
