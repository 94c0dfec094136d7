import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { expect } from "chai";
import type { SafetyFacts } from "../../../config/index.ts";
import { policies } from "../../../policy/policies.ts";
import { soundFacts } from "../soundFacts.ts";

/** A resource as the engine passes it to a policy. */
function resource(type: string, name: string, props: object, parent?: PolicyResource): PolicyResource {
  const urn = `urn:pulumi:prod::mynodeone::${type}::${name}`;
  const opts = {
    protect: false,
    ignoreChanges: [],
    aliases: [],
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    additionalSecretOutputs: [],
  };
  const links = { parent, dependencies: [], propertyDependencies: {} };
  return { type, name, props, urn, opts, ...links, isType: () => false, asType: () => undefined };
}

function app(facts: Partial<SafetyFacts> = {}, name = "notes"): PolicyResource {
  return resource("mynodeone:index:HybridApp", name, {
    url: "https://…",
    safety: { ...soundFacts, ...facts },
  });
}

function vaultwarden(parent: PolicyResource, values: object): PolicyResource {
  return resource(
    "kubernetes:helm.sh/v3:Release",
    "r",
    { chart: "oci://x.example/vaultwarden", values },
    parent,
  );
}

const command = (connection: object) => resource("command:remote:Command", "script", { connection });

/** The policies that the resources violate, each with its enforcement level. */
async function violated(...resources: PolicyResource[]): Promise<string[]> {
  const found = new Set<string>();
  const common = { stackTags: new Map<string, string>(), getConfig: () => ({}) as never };
  const notApplicable = (): never => {
    throw new Error("not applicable");
  };
  for (const policy of policies) {
    const report = () => found.add(`${policy.name} (${policy.enforcementLevel ?? "advisory"})`);
    if ("validateStack" in policy) {
      await policy.validateStack({ resources, ...common, notApplicable }, report);
    } else {
      for (const one of resources) {
        const args = { ...one, ...common, notApplicable } as unknown as ResourceValidationArgs;
        for (const validate of [policy.validateResource ?? []].flat()) await validate(args, report);
      }
    }
  }
  return [...found];
}

const closed = { signupsAllowed: false, signupDomains: "" };

describe("the policy pack", () => {
  it("accepts a safe stack", async () => {
    const vault = app({}, "vaultwarden");
    const pinned = command({ host: "vps", hostKey: "ssh-ed25519 AAAA" });
    expect(await violated(app(), vault, vaultwarden(vault, closed), pinned)).to.be.empty;
  });

  const cases: [what: string, resources: PolicyResource[], policy: string][] = [
    ["a public app without a login", [app({ login: false })], "public-app-has-a-login (mandatory)"],
    [
      "a public app without an administrator",
      [app({ seatIsFree: true })],
      "public-app-has-an-administrator (mandatory)",
    ],
    [
      "large uploads through a CDN",
      [app({ uploads: true, cdn: true })],
      "uploads-not-through-cdn (advisory)",
    ],
    ["a host without a pinned key", [command({ host: "vps" })], "ssh-host-key-is-pinned (mandatory)"],
    [
      "a jump host without a pinned key",
      [command({ host: "vps", hostKey: "ssh-ed25519 AAAA", proxy: { host: "jump" } })],
      "ssh-host-key-is-pinned (mandatory)",
    ],
    [
      "a private key in chart values",
      [vaultwarden(app({ internet: false }), { ...closed, list: ["-----BEGIN PRIVATE KEY-----"] })],
      "no-secret-in-chart-values (mandatory)",
    ],
    [
      "public Vaultwarden without HSTS",
      [vaultwarden(app({ hsts: false }), closed)],
      "public-vaultwarden-is-closed (mandatory)",
    ],
    [
      "public Vaultwarden with open sign-ups",
      [vaultwarden(app(), { ...closed, signupsAllowed: true })],
      "public-vaultwarden-is-closed (mandatory)",
    ],
    [
      "public Vaultwarden with sign-ups opened by an environment variable",
      [vaultwarden(app(), { ...closed, image: { extraVars: [{ key: "SIGNUPS_ALLOWED", value: "yes" }] } })],
      "public-vaultwarden-is-closed (mandatory)",
    ],
    [
      "public Vaultwarden with its chart's default values",
      [vaultwarden(app(), {})],
      "public-vaultwarden-is-closed (mandatory)",
    ],
    [
      "public Vaultwarden with sign-ups open to a domain",
      [vaultwarden(app(), { ...closed, signupDomains: "example.com" })],
      "public-vaultwarden-is-closed (mandatory)",
    ],
  ];
  for (const [what, resources, policy] of cases) {
    it(`reports ${what}`, async () => {
      expect(await violated(...resources)).to.deep.equal([policy]);
    });
  }

  it("allows in the tailnet what it forbids on the internet", async () => {
    const inside = { internet: false, login: false, seatIsFree: true, hsts: false };
    expect(await violated(app(inside), vaultwarden(app(inside), {}))).to.be.empty;
  });

  it("accepts a login at the edge", async () => {
    expect(await violated(app({ login: false, edgeLogin: true }))).to.be.empty;
  });

  it("treats an app without safety facts as unsafe", async () => {
    const silent = resource("mynodeone:index:HybridApp", "silent", { url: "https://…" });
    expect(await violated(silent)).to.include("public-app-has-a-login (mandatory)");
  });
});
