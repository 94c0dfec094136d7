import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import isPlainObject from "is-plain-obj";
import { isVaultwarden, openSignup, signupIsOpen } from "../apps/vaultwardenSignup.ts";
import { safetyFacts, safetyRules } from "../config/index.ts";
import type { SafetyFacts, SafetyRule } from "../config/index.ts";
import { looksSecret } from "../config/rules/secretText.ts";

/*
 * The safety rules of the config, judged once more by what is about to be made: they hold for programs, too, that
 * compose the components without the config. What a remote script writes on its host is no property of a resource,
 * so the policies judge the facts that each app's component registers.
 */

const appType = "mynodeone:index:HybridApp";
const routeType = "mynodeone:index:VpsRoute";
const recordType = "mynodeone:index:DnsRecord";
const releaseType = "kubernetes:helm.sh/v3:Release";
const remoteTypes = ["command:remote:Command", "command:remote:CopyFile", "command:remote:CopyToRemote"];

/** Each rule of the config as a policy: of every app, and of every route that belongs to none. */
const appPolicies: StackValidationPolicy[] = Object.entries<SafetyRule>(safetyRules).map(([name, rule]) => ({
  name,
  description: rule.description,
  enforcementLevel: rule.mandatory ? "mandatory" : "advisory",
  validateStack: ({ resources }, report) => {
    for (const one of [...resources.filter(isApp), ...resources.filter(isBareRoute)]) {
      const facts = safetyOf(one);
      if (facts === undefined) report(`${one.name}: ${unknown}`, one.urn);
      else if (!rule.holds(isApp(one) ? facts : { ...facts, internet: true }))
        report(`${one.name}: ${rule.message}`, one.urn);
    }
  },
}));

const unknown =
  "does not say all that a safety rule asks for. Compose it of a HybridApp, or give the VpsRoute its `safety`.";

const publishedRoutes: StackValidationPolicy = {
  name: "route-is-its-app's",
  description: "A route within an app leads to host names of that app, which is on the internet.",
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
          `${route.name}: ${app.name} does not have ${strange.join(", ") || "a host name for it"}.`,
          route.urn,
        );
    }
  },
};

const routedRecords: StackValidationPolicy = {
  name: "record-has-a-route",
  description: "A DNS record leads to a name that a route of the stack takes.",
  enforcementLevel: "advisory",
  validateStack: ({ resources }, report) => {
    const hosts = resources.filter(({ type }) => type === routeType).flatMap(hostsOf);
    for (const record of resources.filter(({ type }) => type === recordType)) {
      const name: unknown = record.props.name;
      if (typeof name !== "string" || !hosts.includes(name))
        report(`${record.name}: no route takes ${String(name)}: whoever follows it gets 404.`, record.urn);
    }
  },
};

const closedVaultwarden: StackValidationPolicy = {
  name: "public-vaultwarden-is-closed",
  description: "Vaultwarden is on the internet only with HSTS, and with sign-up closed.",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    for (const release of resources.filter(installsVaultwarden)) {
      const app = appOf(release);
      if (app === undefined) continue;
      const facts = safetyOf(app);
      // What is not known may be public.
      if (facts?.internet === false) continue;
      if (facts?.hsts !== true) report(`${app.name}: browsers may still use plain HTTP. Set hsts.`, app.urn);
      const values: unknown = release.props.values;
      if (!isPlainObject(values) || signupIsOpen(values)) report(`${app.name}: ${openSignup}`, release.urn);
    }
  },
};

const pinnedHosts: ResourceValidationPolicy = {
  name: "ssh-host-key-is-pinned",
  description: "A remote command names the host key: without it any host is accepted.",
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
        report(`${name}: ${hop} has no hostKey. Write the host's own public key.`);
    }
  },
};

const noReadableSecrets: ResourceValidationPolicy = {
  name: "no-secret-in-chart-values",
  description: "A chart's values hold no private key and no token: Helm keeps them readable in the cluster.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, props, name }: ResourceValidationArgs, report) => {
    if (type !== releaseType) return;
    for (const { path, kind } of secretsIn(props.values, "values"))
      report(`${name}: ${path} looks like ${kind}. Put it in a Kubernetes Secret that the values refer to.`);
  },
};

/** Every policy, also for a pack of your own: `new PolicyPack("mine", { policies })`. */
export const policies = [
  ...appPolicies,
  publishedRoutes,
  routedRecords,
  closedVaultwarden,
  pinnedHosts,
  noReadableSecrets,
];

function isApp({ type }: PolicyResource): boolean {
  return type === appType;
}

/** The app that a resource is part of, if any. */
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

/** None where one of them is missing. */
function safetyOf({ props }: PolicyResource): SafetyFacts | undefined {
  const safety: unknown = props.safety;
  return isPlainObject(safety) && safetyFacts.every((name) => typeof safety[name] === "boolean")
    ? (safety as unknown as SafetyFacts)
    : undefined;
}

function installsVaultwarden({ type, props, parent }: PolicyResource): boolean {
  return type === releaseType && isVaultwarden(parent?.name, String(props.chart));
}

function secretsIn(value: unknown, path: string): { path: string; kind: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item, `${path}[${index}]`));
  if (isPlainObject(value))
    return Object.entries(value).flatMap(([key, item]) => secretsIn(item, `${path}.${key}`));
  const kind = typeof value === "string" ? looksSecret(value) : undefined;
  return kind === undefined ? [] : [{ path, kind }];
}
