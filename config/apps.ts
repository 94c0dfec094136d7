import isPlainObject from "is-plain-obj";
import type { Catalogue } from "../apps/definition.ts";
import { mergeValues } from "../apps/values.ts";
import { isVaultwarden, openSignup, signupIsOpen } from "../apps/vaultwardenSignup.ts";
import { privateNetworks } from "../components/inputs/networks.ts";
import { app, appName, releaseTimeout } from "./schema/app.ts";
import type { AppOptions } from "./schema/app.ts";
import { readChart } from "./rules/chart.ts";
import type { Chart } from "./rules/chart.ts";
import { checkNamespaces, checkPorts, checkSubdomains } from "./rules/clashes.ts";
import type { Entry } from "./rules/clashes.ts";
import { checkExclusions } from "./rules/exclusions.ts";
import { validSubset } from "./schema/validSubset.ts";
import { withKnownApps } from "./rules/knownApp.ts";
import type { KnownEntry } from "./rules/knownApp.ts";
import { safetyRules } from "./rules/safety.ts";
import type { SafetyFacts } from "./rules/safety.ts";
import { asksForLogin, nameMiddlewares } from "./schema/middleware.ts";
import type { Reservation } from "./rules/ports.ts";
import { didYouMean } from "./schema/didYouMean.ts";
import { plainSecrets, readableSecret } from "./rules/plainSecrets.ts";
import { show } from "./schema/problems.ts";
import { Reader } from "./schema/reader.ts";
import type { AppSpec, Platform, ReleaseSpec } from "./settings.ts";

/** What the apps need of the platform. */
interface AppsPlatform extends Pick<Platform, "domain" | "timeZone"> {
  /** By what names devices of the tailnet open an app. */
  tailnetHosts: readonly string[];
  /** Ports on the control plane that no proxy can have. */
  reservations: readonly Reservation[];
}

/** https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
const longestHost = 253;

/** The apps, complete if the reader has kept no problem. */
export function readApps(
  written: unknown,
  platform: AppsPlatform,
  catalogue: Catalogue,
  reader: Reader,
): AppSpec[] {
  if (!isPlainObject(written)) {
    reader.report(["apps"], `${show(written)} is not a map. Write each app as a key with its options below.`);
    return [];
  }
  const entries = Object.entries(written).map(([name, options]) => ({
    name,
    path: ["apps", name],
    written: options ?? {},
    definition: Object.hasOwn(catalogue, name) ? catalogue[name] : undefined,
  }));
  const judged = withKnownApps(entries, catalogue);

  const specs = judged.map((entry) => readApp(entry, platform, catalogue, reader));
  for (const entry of judged) checkExclusions(entry, reader);
  checkOpenSignups(specs, reader);
  checkSubdomains(entries, reader);
  checkNamespaces(entries, reader);
  checkPorts(entries, [...reservations(catalogue), ...platform.reservations], reader);
  return specs.filter((spec) => spec !== undefined);
}

/** Of a public way to a Vaultwarden that another entry installs: its own is checked with its values. */
function checkOpenSignups(specs: readonly (AppSpec | undefined)[], reader: Reader): void {
  const apps = specs.filter((spec) => spec !== undefined);
  const open = apps.filter(
    ({ name, release }) => release && isVaultwarden(name, release.chart) && signupIsOpen(release.values),
  );
  for (const { name, internet, release, service } of apps) {
    const installer = open.find(
      (other) => other.service.namespace === service.namespace && other.service.name === service.name,
    );
    if (internet && !release && installer)
      reader.report(["apps", installer.name, "values"], `${name} makes it public, and ${openSignup}`);
  }
}

function readApp(
  entry: KnownEntry,
  platform: AppsPlatform,
  catalogue: Catalogue,
  reader: Reader,
): AppSpec | undefined {
  const { path, written } = entry;
  const name = reader.read(appName, entry.name, path);
  const whole = reader.read(app, written, path);
  if (name === undefined || !isPlainObject(written)) return undefined;
  const judged = new Reader();
  const spec = specOf(name, whole ?? validSubset(written), entry, platform, catalogue, judged);
  for (const { path, message } of judged.problems) {
    if (!reader.hasProblemAt(path)) reader.report(path, message);
  }
  return spec;
}

/** What the options are worth together. */
function specOf(
  name: string,
  options: AppOptions,
  entry: KnownEntry,
  { domain, timeZone, tailnetHosts }: AppsPlatform,
  catalogue: Catalogue,
  reader: Reader,
): AppSpec | undefined {
  const { path, definition } = entry;
  if (!checkOrigin(entry, options, catalogue, reader)) return undefined;

  const chart = readChart(options, definition, path, reader);
  const { proxy } = options;
  const service =
    options.service ?? (definition && { namespace: name, scheme: "http", ...definition.service });
  const proxyPort = proxy ? (options.proxyPort ?? definition?.proxyPort) : undefined;
  if (service === undefined || (proxy && proxyPort === undefined)) return undefined;

  const safety = safetyOf(options, entry, domain);
  if (!safetyRules["public-app-has-a-login"].holds(safety))
    reader.report([...path, "internet"], safetyRules["public-app-has-a-login"].message);
  const { internet } = safety;

  const hosts = hostsOf(options.subdomain ?? name, domain);
  const [host] = hosts;
  for (const long of hosts.filter((one) => one.length > longestHost))
    reader.report(
      [...path, "subdomain"],
      `${show(long)} has ${long.length} characters, and a host name ${longestHost} at most. Write a shorter one.`,
    );
  const cdn = internet && options.cdn;
  const proxies = internet ? (cdn ? 2 : 1) : 0;
  const url = `https://${host}`;
  const context = {
    ...{ name, host, hosts, url, internet, cdn, proxies, tailnetHosts, proxyPort, timeZone },
    privateNetworks,
  };
  const values = chart && mergeValues(definition?.values(context) ?? {}, options.values ?? {});
  const chosen = { ...context, namespace: service.namespace, values };
  if (internet && chart && values && isVaultwarden(name, chart.name) && signupIsOpen(values))
    reader.report([...path, "values"], openSignup);
  if (internet && !safety.hsts && isVaultwarden(name, chart?.name ?? ""))
    reader.report([...path, "hsts"], "a password safe takes HTTPS alone, also in browsers. Remove it.");
  const asked = { ...safety, internet: options.internet };
  return {
    name,
    domain,
    host,
    hosts,
    internet,
    proxy,
    proxyPort,
    service,
    hostNetwork: options.hostNetwork,
    release: chart && values && releaseOf(name, service.namespace, chart, values, options.chart?.timeout),
    healthPath: definition?.healthPath ?? "/",
    hsts: safety.hsts,
    middlewares: nameMiddlewares(options.middlewares ?? []),
    cdn: options.cdn,
    allowFrom: options.allowFrom ?? [],
    basicAuth: options.basicAuth,
    rateLimit: options.rateLimit && { burst: options.rateLimit.average, ...options.rateLimit },
    requestsInFlight: options.requestsInFlight,
    safety,
    notices: [
      ...["public-app-has-an-administrator" as const, "uploads-not-through-cdn" as const]
        .map((rule) => safetyRules[rule])
        .filter((rule) => !rule.holds(asked))
        .map((rule) => rule.message),
      ...(definition?.notices?.(chosen) ?? []),
      ...plainSecrets(options.values).map((where) => `${where}: ${readableSecret}`),
    ],
    nextSteps: definition?.nextSteps?.(chosen) ?? [],
  };
}

function reservations(catalogue: Catalogue): Reservation[] {
  return Object.entries(catalogue).map(([app, { proxyPort }]) => ({
    port: proxyPort,
    owner: `${app} of the catalogue`,
    app,
  }));
}

/** Of an app of the user's own the catalogue knows nothing, so nothing is held against it. */
function safetyOf(options: AppOptions, entry: KnownEntry, domain: string): SafetyFacts {
  const { known, adminClaimed } = entry;
  const seatIsFree = known?.firstVisitorIsAdmin === true && !adminClaimed;
  return {
    internet: options.internet && !seatIsFree,
    hsts: options.hsts,
    login: known?.login ?? true,
    edgeLogin: options.basicAuth || asksForLogin(options.middlewares ?? [], domain),
    seatIsFree,
    uploads: known?.uploads ?? false,
    cdn: options.cdn,
  };
}

/** The first is the app's own address. */
function hostsOf(subdomain: string | string[], domain: string): [string, ...string[]] {
  const hosts = [subdomain].flat().map((label) => (label === "@" ? domain : `${label}.${domain}`));
  return hosts as [string, ...string[]];
}

/** Whether it is clear where the app comes from: the catalogue, a chart, or a Service that already runs. */
function checkOrigin(
  { name, path, definition, written }: Entry,
  options: AppOptions,
  catalogue: Catalogue,
  reader: Reader,
) {
  const { service, chart, values } = options;
  const namesService = isPlainObject(written) && Object.hasOwn(written, "service");
  if (!definition && !namesService && !chart) {
    const meant = didYouMean(name, Object.keys(catalogue));
    reader.report(
      path,
      `not in the catalogue (${Object.keys(catalogue).join(", ")}). ${meant ? `Did you mean ${meant}? ` : ""}` +
        "For an app of your own add `service` if it already runs, `chart` and `service` if it is to be installed.",
    );
    return false;
  }
  if (!definition && !service) {
    reader.report(
      [...path, "service"],
      "missing. Write namespace, name and port of the Service that the chart makes.",
    );
  }
  if (service && !chart && values) {
    reader.report(
      [...path, "values"],
      "without effect: with `service` alone nothing is installed. Remove it, or add `chart`.",
    );
  }
  return true;
}

function releaseOf(
  name: string,
  namespace: string,
  chart: Chart,
  values: Record<string, unknown>,
  timeoutSeconds: number = releaseTimeout,
): ReleaseSpec {
  const { name: reference, repository, version } = chart;
  return {
    name,
    namespace,
    chart: reference,
    repository,
    version,
    values,
    timeoutSeconds,
  };
}
