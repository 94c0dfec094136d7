import isPlainObject from "is-plain-obj";
import type { Catalogue } from "../apps/definition.ts";
import { catalogue as builtIn } from "../apps/index.ts";
import { valueAt } from "../apps/values.ts";
import { readApps } from "./apps.ts";
import { unknownOption } from "./schema/fields.ts";
import { checkHostKeys } from "./rules/hostKeys.ts";
import { missingSecrets } from "./rules/missingSecrets.ts";
import { checkNamespaceNames } from "./rules/namespaces.ts";
import type { Reservation } from "./rules/ports.ts";
import { unusableValues } from "./rules/ownValues.ts";
import { checkProviderUrls } from "./rules/providerUrls.ts";
import { readPlatform } from "./platform.ts";
import { ConfigError } from "./schema/problems.ts";
import { Reader } from "./schema/reader.ts";
import { defaultTimeZone, keys, secretKeys } from "./schema/platform.ts";
import { checkSecrets } from "./rules/secrets.ts";
import { tailnetHosts } from "./rules/tailnetHosts.ts";
import type { Settings } from "./settings.ts";
import type { ConfigSource } from "./source.ts";

const plainKeys: readonly string[] = [...Object.keys(keys), "apps"];
const knownKeys: readonly string[] = [...plainKeys, ...secretKeys];

/** Stands in for what is wrong or missing, so that the apps are checked in the same run. */
const anyDomain = "example.com";

/**
 * Everything that a user wrote, checked and with every default filled in. Touches nothing but the source.
 *
 * @throws ConfigError with every problem at once
 */
export function loadConfig(source: ConfigSource, catalogue: Catalogue = builtIn): Settings {
  const reader = new Reader();
  for (const key of source.keys?.() ?? []) {
    if (!knownKeys.includes(key)) reader.reportKey([key], unknownOption(key, knownKeys));
  }
  checkNamespaceNames(source, reader);
  for (const { path, message } of source.needsSecrets ? missingSecrets(source) : [])
    reader.report(path, message);
  for (const { path, message } of source.needsOwnValues ? unusableValues(source) : [])
    reader.report(path, message);
  checkSecrets(source, plainKeys, reader);
  checkHostKeys(source, reader);
  checkProviderUrls(source, reader);
  const platform = readPlatform(source, reader);
  const context = {
    domain: platform?.domain ?? anyDomain,
    tailnetHosts: platform ? tailnetHosts(platform.controlPlane) : [],
    timeZone: platform?.timeZone ?? defaultTimeZone,
    reservations: sshPort(source.get("controlPlane")),
  };
  const apps = readApps(source.get("apps") ?? {}, context, catalogue, reader);
  checkUsers(source.get("apps"), source, reader);
  if (platform === undefined || reader.problems.length > 0) throw new ConfigError(reader.problems);
  return { platform, apps };
}

/*
 * Both read what is written, so that they find what they look for although something else is wrong.
 */

/** A proxy cannot listen where the control plane's SSH server does. */
function sshPort(controlPlane: unknown): Reservation[] {
  const port = isPlainObject(controlPlane) ? valueAt(controlPlane, ["ssh", "port"]) : undefined;
  return typeof port === "number" ? [{ port, owner: "the control plane's SSH server" }] : [];
}

function checkUsers(apps: unknown, source: ConfigSource, reader: Reader): void {
  const [app] =
    Object.entries(isPlainObject(apps) ? apps : {}).find(
      ([, options]) => isPlainObject(options) && options.basicAuth === true && options.internet === true,
    ) ?? [];
  if (app === undefined || source.keys?.().includes("basicAuthUsers") !== false) return;
  reader.report(
    ["basicAuthUsers"],
    `missing, and ${app} has \`basicAuth: true\`. Write a line \`user:hash\` for each user, as ` +
      "`htpasswd -nBC 10 USER` prints it, into a file, and run: pulumi config set --secret mynodeone:basicAuthUsers < FILE",
  );
}
