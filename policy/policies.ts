import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import isPlainObject from "is-plain-obj";
import type { AppRelease } from "../apps/definition.ts";
import { installedApp } from "../apps/identify.ts";
import { catalogue } from "../apps/index.ts";
import { safetyFacts, safetyRules } from "../config/index.ts";
import type { SafetyFacts, SafetyRule } from "../config/index.ts";
import { looksSecret } from "../config/schema/secretText.ts";

/*
 * The config's safety rules, applied to the resources about to be created. So they also hold for programs that use the
 * components without the config. What a remote script writes on its host is no property of a resource: the policies
 * check what each app's component registers, and what the stack's topology adds.
 */

const appType = "mynodeone:index:HybridApp";
const routeType = "mynodeone:index:VpsRoute";
const recordType = "mynodeone:index:DnsRecord";
const releaseType = "kubernetes:helm.sh/v3:Release";
const remoteTypes = ["command:remote:Command", "command:remote:CopyFile", "command:remote:CopyToRemote"];

/** Each rule of the config as a policy, for every app and for every route outside an app. */
const appPolicies: StackValidationPolicy[] = Object.entries<SafetyRule>(safetyRules).map(([name, rule]) => ({
  name,
  description: rule.description,
  enforcementLevel: rule.mandatory ? "mandatory" : "advisory",
  validateStack: ({ resources }, report) => {
    for (const one of [...resources.filter(isApp), ...resources.filter(isBareRoute)]) {
      const facts = safetyOf(one, resources);
      if (facts === undefined) report(`${one.name}: ${unknown}`, one.urn);
      else if (!rule.holds(facts)) report(`${one.name}: ${rule.message}`, one.urn);
    }
  },
}));

const unknown =
  "lacks facts that a safety rule needs. For a route outside an app, set `safety` of its VpsRoute. For an app, " +
  "export the stack output `topology` that contains it.";

const publishedRoutes: StackValidationPolicy = {
  name: "route-is-its-app's",
  description: "A route within an app has only host names of that app, and the app is on the internet.",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    for (const route of resources.filter(({ type }) => type === routeType)) {
      const app = appOf(route);
      if (app === undefined) continue;
      const exposure: unknown = app.props.exposure;
      const { internet, hosts } = isPlainObject(exposure) ? exposure : {};
      const own = internet === true && Array.isArray(hosts) ? hosts : [];
      const strange = hostsOf(route).filter((host) => !own.includes(host));
      if (strange.length > 0 || hostsOf(route).length === 0)
        report(
          `${route.name}: ${app.name} has no public host name ${strange.join(", ") || "for it"}.`,
          route.urn,
        );
    }
  },
};

const routedRecords: StackValidationPolicy = {
  name: "record-has-a-route",
  description: "A DNS record has a name that a route of the stack serves.",
  enforcementLevel: "advisory",
  validateStack: ({ resources }, report) => {
    const hosts = resources.filter(({ type }) => type === routeType).flatMap(hostsOf);
    for (const record of resources.filter(({ type }) => type === recordType)) {
      const name: unknown = record.props.name;
      if (typeof name !== "string" || !hosts.includes(name))
        report(`${record.name}: no route serves ${String(name)}: visitors get 404.`, record.urn);
    }
  },
};

const ownRules: StackValidationPolicy = {
  name: "app-keeps-its-own-rules",
  description:
    "An app of the catalogue keeps its own rules, such as closed sign-up and HSTS on the internet.",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    for (const release of resources.filter(({ type }) => type === releaseType)) {
      const app = appOf(release);
      if (app === undefined) continue;
      const { chart, values } = releaseOf(release);
      const definition = installedApp({ name: app.name, chart, values }, catalogue);
      const facts = safetyOf(app, resources);
      // Unknown facts count as public.
      const judged = { internet: facts?.internet ?? true, hsts: facts?.hsts ?? false };
      for (const { option, message } of definition?.problems?.({ ...judged, release: { chart, values } }) ??
        [])
        report(`${app.name}: ${option}: ${message}`, option === "values" ? release.urn : app.urn);
    }
  },
};

const pinnedHosts: ResourceValidationPolicy = {
  name: "ssh-host-key-is-pinned",
  description: "A remote command pins the host key: without one any host is accepted.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, props, name }, report) => {
    if (!remoteTypes.includes(type)) return;
    const connection: unknown = props.connection;
    const proxy = isPlainObject(connection) ? connection.proxy : undefined;
    for (const [hop, one] of Object.entries({
      connection,
      ...(proxy ? { "connection.proxy": proxy } : {}),
    })) {
      if (!isPlainObject(one) || typeof one.hostKey !== "string" || one.hostKey === "")
        report(`${name}: ${hop} has no hostKey. Set the host's own public key.`);
    }
  },
};

const noReadableSecrets: ResourceValidationPolicy = {
  name: "no-secret-in-chart-values",
  description:
    "A chart's values contain no private key and no token: Helm stores them in plain text in the cluster.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, props, name }: ResourceValidationArgs, report) => {
    if (type !== releaseType) return;
    for (const { path, kind } of secretsIn(props.values, "values"))
      report(`${name}: ${path} looks like ${kind}. Put it in a Kubernetes Secret that the values refer to.`);
  },
};

/** All policies, also for a separate pack: `new PolicyPack("mine", { policies })`. */
export const policies = [
  ...appPolicies,
  publishedRoutes,
  routedRecords,
  ownRules,
  pinnedHosts,
  noReadableSecrets,
];

function isApp({ type }: PolicyResource): boolean {
  return type === appType;
}

/** The app that a resource belongs to, if any. */
function appOf({ parent }: PolicyResource): PolicyResource | undefined {
  return parent === undefined || isApp(parent) ? parent : appOf(parent);
}

function isBareRoute(resource: PolicyResource): boolean {
  return resource.type === routeType && appOf(resource) === undefined;
}

function hostsOf({ props }: PolicyResource): string[] {
  const hosts: unknown = props.hosts;
  return Array.isArray(hosts) ? hosts.map(String) : [];
}

/**
 * Facts of an app, or of a route outside an app; undefined if one is missing. Facts that no resource shows, such as an
 * app's login, come only from the stack's topology. Facts of resources take precedence over the topology.
 */
function safetyOf(resource: PolicyResource, resources: readonly PolicyResource[]): SafetyFacts | undefined {
  const { exposure, safety } = resource.props as Record<string, unknown>;
  const told = isApp(resource) ? topologyOf(resource.name, resources)?.safety : safety;
  const made = isApp(resource) ? exposure : { internet: true };
  const facts = { ...asMap(told), ...asMap(made) };
  return safetyFacts.every((name) => typeof facts[name] === "boolean")
    ? (facts as unknown as SafetyFacts)
    : undefined;
}

/** The app's entry in the stack's topology. */
function topologyOf(app: string, resources: readonly PolicyResource[]): Record<string, unknown> | undefined {
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const { apps } = asMap(stack?.props.topology);
  return Array.isArray(apps) ? apps.map(asMap).find(({ name }) => name === app) : undefined;
}

function asMap(value: unknown): Record<string, unknown> {
  return isPlainObject(value) ? value : {};
}

/** Unknown values count as not set, so the chart's defaults apply. */
function releaseOf({ props }: PolicyResource): AppRelease {
  const values: unknown = props.values;
  return {
    chart: typeof props.chart === "string" ? props.chart : "",
    values: isPlainObject(values) ? values : {},
  };
}

function secretsIn(value: unknown, path: string): { path: string; kind: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item, `${path}[${index}]`));
  if (isPlainObject(value))
    return Object.entries(value).flatMap(([key, item]) => secretsIn(item, `${path}.${key}`));
  const kind = typeof value === "string" ? looksSecret(value) : undefined;
  return kind === undefined ? [] : [{ path, kind }];
}
