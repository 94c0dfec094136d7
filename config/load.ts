import type { Catalogue } from "../apps/definition.ts";
import { catalogue as builtIn } from "../apps/index.ts";
import { readApps } from "./apps.ts";
import { readPlatform } from "./platform.ts";
import { checkBasicAuthUsers } from "./rules/basicAuthUsers.ts";
import { checkHostClashes } from "./rules/hostClashes.ts";
import { checkPrivateKeys } from "./rules/privateKeys.ts";
import { checkKeys, plainKeys } from "./rules/keys.ts";
import { checkMissingSecrets } from "./rules/missingSecrets.ts";
import { checkProviderUrls } from "./rules/providerUrls.ts";
import { checkSecrets } from "./rules/secrets.ts";
import { tailnetHosts } from "./rules/tailnetHosts.ts";
import { checkUnusableValues } from "./rules/unusableValues.ts";
import { defaultTimeZone } from "./schema/platform.ts";
import { ConfigError } from "./schema/problems.ts";
import { Reader } from "./schema/reader.ts";
import type { Platform, Settings } from "./settings.ts";
import type { ConfigSource } from "./source.ts";

/**
 * The user's whole config, checked and completed with defaults. Reads only the source.
 *
 * @throws ConfigError with all problems at once
 */
export function loadConfig(source: ConfigSource, catalogue: Catalogue = builtIn): Settings {
  const reader = new Reader();
  checkKeys(source, reader);
  checkMissingSecrets(source, reader);
  checkUnusableValues(source, reader);
  checkSecrets(source, plainKeys, reader);
  checkPrivateKeys(source, reader);
  checkProviderUrls(source, reader);

  const platform = readPlatform(source, reader);
  checkHostClashes(source, reader);
  const apps = readApps(source, ofPlatform(platform), catalogue, reader);
  checkBasicAuthUsers(source, reader);

  if (platform === undefined || reader.problems.length > 0) throw new ConfigError(reader.problems);
  return { platform, apps };
}

/** Replaces an invalid or missing domain, so that the apps are checked in the same run. */
const anyDomain = "example.com";

/** What the apps need of the platform. */
function ofPlatform(platform: Platform | undefined) {
  return {
    domain: platform?.domain ?? anyDomain,
    tailnetHosts: platform ? tailnetHosts(platform.controlPlane) : [],
    timeZone: platform?.timeZone ?? defaultTimeZone,
  };
}
