import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { isMap } from "../apps/values.ts";
import { isVaultwarden, openSignup, signupIsOpen } from "../apps/vaultwardenSignup.ts";
import { safetyRules } from "../config/index.ts";
import type { SafetyFacts, SafetyRule } from "../config/index.ts";
import { looksSecret } from "../config/secretText.ts";

/*
 * The safety rules of the config, judged once more by what is about to be made: they hold for programs, too, that
 * compose the components without the config. What a remote script writes on its host is no property of a resource,
 * so the policies judge the facts that each app's component registers.
 */

const appType = "mynodeone:index:HybridApp";
const releaseType = "kubernetes:helm.sh/v3:Release";
const remoteTypes = ["command:remote:Command", "command:remote:CopyFile", "command:remote:CopyToRemote"];

/** Each rule of the config as a policy. */
const appPolicies: StackValidationPolicy[] = Object.entries<SafetyRule>(safetyRules).map(([name, rule]) => ({
  name,
  description: rule.description,
  enforcementLevel: rule.mandatory ? "mandatory" : "advisory",
  validateStack: ({ resources }, report) => {
    for (const app of resources.filter(({ type }) => type === appType)) {
      const facts = safetyOf(app);
      if (facts === undefined) report(`${app.name}: registers no facts to judge it by.`, app.urn);
      else if (!rule.holds(facts)) report(`${app.name}: ${rule.message}`, app.urn);
    }
  },
}));

const closedVaultwarden: StackValidationPolicy = {
  name: "public-vaultwarden-is-closed",
  description: "Vaultwarden is on the internet only with HSTS, and with sign-up closed.",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    for (const release of resources.filter(installsVaultwarden)) {
      const { parent: app } = release;
      const facts = app?.type === appType ? safetyOf(app) : undefined;
      if (app === undefined || facts?.internet !== true) continue;
      if (!facts.hsts) report(`${app.name}: browsers may still use plain HTTP. Set hsts.`, app.urn);
      const values: unknown = release.props.values;
      if (!isMap(values) || signupIsOpen(values)) report(`${app.name}: ${openSignup}`, release.urn);
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
    const proxy = isMap(connection) ? connection.proxy : undefined;
    for (const [hop, one] of Object.entries({
      connection,
      ...(proxy ? { "connection.proxy": proxy } : {}),
    })) {
      if (!isMap(one) || typeof one.hostKey !== "string" || one.hostKey === "")
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

export const policies = [...appPolicies, closedVaultwarden, pinnedHosts, noReadableSecrets];

function safetyOf({ props }: PolicyResource): SafetyFacts | undefined {
  const safety: unknown = props.safety;
  return isMap(safety) ? (safety as unknown as SafetyFacts) : undefined;
}

function installsVaultwarden({ type, props, parent }: PolicyResource): boolean {
  return type === releaseType && isVaultwarden(parent?.name, String(props.chart));
}

function secretsIn(value: unknown, path: string): { path: string; kind: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item, `${path}[${index}]`));
  if (isMap(value)) return Object.entries(value).flatMap(([key, item]) => secretsIn(item, `${path}.${key}`));
  const kind = typeof value === "string" ? looksSecret(value) : undefined;
  return kind === undefined ? [] : [{ path, kind }];
}
