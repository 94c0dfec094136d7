import { catalogue as builtIn } from "../apps/index.ts";
import { readApps } from "./apps.ts";
import type { Catalogue } from "./apps.ts";
import { unknownOption } from "./fields.ts";
import { readPlatform } from "./platform.ts";
import { ConfigError } from "./problems.ts";
import { Reader } from "./reader.ts";
import { keys, secretKeys } from "./schema.ts";
import type { Settings } from "./settings.ts";

/** Where the config comes from: a stack's file, or a test. */
export interface ConfigSource {
  /** The value of `mynodeone:<key>`, parsed; `undefined` where there is none. */
  get(key: string): unknown;
  /** All keys below `mynodeone:`, without that prefix. A source that cannot tell lets unknown keys pass. */
  keys?(): string[];
}

const knownKeys: readonly string[] = [...Object.keys(keys), "apps", ...secretKeys];

/** Stands in for what is wrong or missing, so that the apps are checked in the same run. */
const anyPlatform = { domain: "example.com", timeZone: "UTC" };

/**
 * Everything that a user wrote, checked and with every default filled in. Touches nothing but the source.
 *
 * @throws ConfigError with every problem at once
 */
export function loadConfig(source: ConfigSource, catalogue: Catalogue = builtIn): Settings {
  const reader = new Reader();
  for (const key of source.keys?.() ?? []) {
    if (!knownKeys.includes(key)) reader.report([key], unknownOption(key, knownKeys));
  }
  const platform = readPlatform(source, reader);
  const apps = readApps(source.get("apps") ?? {}, platform ?? anyPlatform, catalogue, reader);
  if (platform === undefined || reader.problems.length > 0) throw new ConfigError(reader.problems);
  return { platform, apps };
}
