import type { AppContext } from "../apps/definition.ts";
import { mergeValues } from "../apps/values.ts";
import { k3sPods, privateNetworks } from "../components/inputs/networks.ts";
import { publicUrl } from "../components/names.ts";
import { safetyNotices, safetyOf } from "./rules/appSafety.ts";
import { chartOf } from "./rules/chart.ts";
import { hostsOf } from "./rules/hosts.ts";
import type { UsableEntry } from "./rules/knownApp.ts";
import { plainSecretNotices } from "./rules/plainSecrets.ts";
import { releaseTimeout } from "./schema/app.ts";
import type { AppSpec, Platform, ReleaseSpec, ServiceSpec } from "./settings.ts";

/** What the apps need of the platform. */
export interface AppsPlatform extends Pick<Platform, "domain" | "timeZone"> {
  /** Names by which tailnet devices open an app. */
  tailnetHosts: readonly string[];
}

/** The app of an entry; `undefined` if something essential is missing. */
export function appSpec(entry: UsableEntry, platform: AppsPlatform): AppSpec | undefined {
  const { name, options, definition } = entry;
  const { proxy } = options;
  const service = serviceOf(entry);
  const proxyPort = proxy ? (options.proxyPort ?? definition?.proxyPort) : undefined;
  if (service === undefined || (proxy && proxyPort === undefined)) return undefined;

  const safety = safetyOf(entry, platform.domain);
  const context = contextOf(entry, platform, safety.internet, proxyPort);
  const release = releaseOf(entry, service.namespace, context);
  const chosen = { ...context, namespace: service.namespace, release };
  return {
    name,
    domain: platform.domain,
    host: context.host,
    hosts: [...context.hosts],
    internet: safety.internet,
    proxy,
    proxyPort,
    service,
    hostNetwork: options.hostNetwork,
    release,
    healthPath: definition?.healthPath ?? "/",
    hsts: safety.hsts,
    middlewares: options.middlewares ?? [],
    cdn: options.cdn,
    allowFrom: options.allowFrom ?? [],
    basicAuth: options.basicAuth,
    rateLimit: options.rateLimit && { burst: options.rateLimit.average, ...options.rateLimit },
    requestsInFlight: options.requestsInFlight,
    safety,
    notices: [
      ...safetyNotices({ ...safety, internet: options.internet }),
      ...(definition?.notices?.(chosen) ?? []),
      ...plainSecretNotices(options.values),
    ],
    nextSteps: definition?.nextSteps?.(chosen) ?? [],
  };
}

function serviceOf({ name, options, definition }: UsableEntry): ServiceSpec | undefined {
  return options.service ?? (definition && { namespace: name, scheme: "http", ...definition.service });
}

function contextOf(
  entry: UsableEntry,
  { domain, timeZone, tailnetHosts }: AppsPlatform,
  internet: boolean,
  proxyPort: number | undefined,
): AppContext {
  const { name, options } = entry;
  const hosts = hostsOf(entry, domain);
  const [host] = hosts;
  const cdn = internet && options.cdn;
  return {
    name,
    host,
    hosts,
    url: publicUrl(host),
    internet,
    cdn,
    proxies: internet ? (cdn ? 2 : 1) : 0,
    tailnetHosts,
    privateNetworks,
    k3sPods,
    proxyPort,
    timeZone,
  };
}

function releaseOf(entry: UsableEntry, namespace: string, context: AppContext): ReleaseSpec | undefined {
  const { name, options, definition } = entry;
  const chart = chartOf(entry);
  if (chart === undefined) return undefined;
  return {
    name,
    namespace,
    chart: chart.name,
    repository: chart.repository,
    version: chart.version,
    values: mergeValues(definition?.values(context) ?? {}, options.values ?? {}),
    timeoutSeconds: options.chart?.timeout ?? releaseTimeout,
  };
}
