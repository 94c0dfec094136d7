import { isSameService } from "../../apps/identify.ts";
import type { AppSpec } from "../settings.ts";
import type { Reader } from "../schema/reader.ts";
import type { UsableEntry } from "./knownApp.ts";

/** An entry, and the app that is made of it. */
export interface SpecifiedApp {
  entry: UsableEntry;
  spec: AppSpec;
}

/**
 * The rules that an app of the catalogue has for itself, by whatever key it is here. An entry with a Service alone
 * reaches what another entry installs: that one's values are judged by how public this one makes it.
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

/** The other entry that installs what this one leads to. */
function installerOf({ spec }: SpecifiedApp, apps: readonly SpecifiedApp[]): SpecifiedApp | undefined {
  if (spec.release) return undefined;
  return apps.find((other) => other.spec.release && isSameService(other.spec.service, spec.service));
}
