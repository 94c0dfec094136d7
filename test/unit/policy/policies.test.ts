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

/** The facts about an app in the stack's topology, by its resource. */
const topology = new WeakMap<PolicyResource, object>();

/** An app with all facts in the topology, whose component lists what it creates. */
function app(facts: Partial<SafetyFacts> = {}, name = "notes"): PolicyResource {
  const safety = { ...soundFacts, ...facts };
  const { internet, hsts, cdn } = safety;
  const one = resource("mynodeone:index:HybridApp", name, { exposure: { internet, hsts, cdn } });
  topology.set(one, { name, safety });
  return one;
}

function release(parent: PolicyResource, chart: string, values?: object): PolicyResource {
  return resource("kubernetes:helm.sh/v3:Release", "release", { chart, values }, parent);
}

function vaultwarden(parent: PolicyResource, values: object): PolicyResource {
  return release(parent, "oci://x.example/vaultwarden", values);
}

const route = (hosts: string[], props: object, parent?: PolicyResource) =>
  resource("mynodeone:index:VpsRoute", "route", { hosts, ...props }, parent);

const command = (connection: object) => resource("command:remote:Command", "script", { connection });

/** The policies that the resources violate, each with its enforcement level. */
async function violated(...resources: PolicyResource[]): Promise<string[]> {
  return [...new Set((await violationsOf(resources)).map(({ policy }) => policy))];
}

/** The messages of the policies, each with its resource. */
async function messagesOf(...resources: PolicyResource[]): Promise<[message: string, resource: string][]> {
  const violations = await violationsOf(resources);
  return violations.map(({ message, urn = "" }) => [message, urn.split("::").at(-1) ?? ""]);
}

interface Violation {
  policy: string;
  message: string;
  urn: string | undefined;
}

async function violationsOf(made: PolicyResource[]): Promise<Violation[]> {
  const apps = made.flatMap(({ parent }) => parent ?? []).concat(made);
  const outputs = { topology: { apps: apps.flatMap((one) => topology.get(one) ?? []) } };
  const resources = [resource("pulumi:pulumi:Stack", "mynodeone-prod", outputs), ...made];
  const found: Violation[] = [];
  const common = { stackTags: new Map<string, string>(), getConfig: () => ({}) as never };
  const notApplicable = (): never => {
    throw new Error("not applicable");
  };
  for (const policy of policies) {
    const report = (message: string, urn?: string) =>
      found.push({ policy: `${policy.name} (${policy.enforcementLevel ?? "advisory"})`, message, urn });
    if ("validateStack" in policy) {
      await policy.validateStack({ resources, ...common, notApplicable }, report);
    } else {
      for (const one of resources) {
        const args = { ...one, ...common, notApplicable } as unknown as ResourceValidationArgs;
        for (const validate of [policy.validateResource ?? []].flat()) await validate(args, report);
      }
    }
  }
  return found;
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
      "app-keeps-its-own-rules (mandatory)",
    ],
    [
      "public Vaultwarden with open sign-ups",
      [vaultwarden(app(), { ...closed, signupsAllowed: true })],
      "app-keeps-its-own-rules (mandatory)",
    ],
    [
      "public Vaultwarden with sign-ups opened by an environment variable",
      [vaultwarden(app(), { ...closed, image: { extraVars: [{ key: "SIGNUPS_ALLOWED", value: "yes" }] } })],
      "app-keeps-its-own-rules (mandatory)",
    ],
    [
      "public Vaultwarden with its chart's default values",
      [vaultwarden(app(), {})],
      "app-keeps-its-own-rules (mandatory)",
    ],
    [
      "public Vaultwarden with sign-ups open to a domain",
      [vaultwarden(app(), { ...closed, signupDomains: "example.com" })],
      "app-keeps-its-own-rules (mandatory)",
    ],
    [
      "public Vaultwarden from another chart, known by its image",
      [release(app(), "app-template", { image: { repository: "docker.io/vaultwarden/server" } })],
      "app-keeps-its-own-rules (mandatory)",
    ],
    [
      "public Vaultwarden from another chart, known by the app's name",
      [release(app({}, "vaultwarden"), "app-template", {})],
      "app-keeps-its-own-rules (mandatory)",
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

  it("names the app, the option and the fix of an app's own rule", async () => {
    const parent = app({ hsts: false });
    expect(await messagesOf(parent, vaultwarden(parent, {}))).to.deep.equal([
      [
        "notes: values: anybody who reaches it can open an account. Set `signupsAllowed: false` in its values, without " +
          "`signupDomains`, SIGNUPS_ALLOWED or SIGNUPS_DOMAINS_WHITELIST, and invite users through the page /admin; " +
          "or keep it off the internet while sign-up is open.",
        "release",
      ],
      [
        "notes: hsts: a password manager on the internet must be HTTPS-only in browsers. Remove `hsts: false`.",
        "notes",
      ],
    ]);
  });

  it("requires nothing of an app that is not in the catalogue", async () => {
    const parent = app({ hsts: false });
    expect(await violated(parent, release(parent, "oci://x.example/wiki"))).to.be.empty;
  });

  it("accepts a login at the edge", async () => {
    expect(await violated(app({ login: false, edgeLogin: true }))).to.be.empty;
  });

  it("treats an app or route without all safety facts as unsafe", async () => {
    const rules = ["public-app-has-a-login (mandatory)", "public-app-has-an-administrator (mandatory)"];
    for (const missing of Object.keys(soundFacts)) {
      const safety = { ...soundFacts, [missing]: undefined };
      expect(await violated(app(safety)), missing).to.include.members(rules);
      if (missing === "internet") continue;
      expect(await violated(route(["notes.example.com"], { safety })), missing).to.include.members(rules);
    }
    expect(await violated(route(["notes.example.com"], {}))).to.include.members(rules);
    const silent = resource("mynodeone:index:HybridApp", "silent", { url: "https://…" });
    expect(await violated(silent)).to.include.members(rules);
    expect(await violated(vaultwarden(silent, closed))).to.deep.equal([
      "app-keeps-its-own-rules (mandatory)",
    ]);
  });

  it("judges an app by its created resources, whatever the topology says", async () => {
    const one = app({ internet: false, login: false });
    expect(await violated(one)).to.be.empty;
    const exposure = { internet: true, hsts: true, cdn: false };
    expect(await violated(Object.assign(one, { props: { exposure } }))).to.deep.equal([
      "public-app-has-a-login (mandatory)",
    ]);
  });

  it("judges a route outside of any app by its own facts, as a public one", async () => {
    const bare = (facts: object) => route(["notes.example.com"], { safety: { ...soundFacts, ...facts } });
    expect(await violated(bare({}))).to.be.empty;
    expect(await violated(bare({ internet: false, login: false }))).to.deep.equal([
      "public-app-has-a-login (mandatory)",
    ]);
  });

  it("reports a route with a name that is not its app's, or of an app that is not public", async () => {
    const found = (exposure: object, hosts: string[]) => {
      const parent = app();
      Object.assign(parent.props.exposure as object, { hosts: [] }, exposure);
      return violated(parent, route(hosts, {}, resource("some:group:Group", "group", {}, parent)));
    };
    const exposure = { internet: true, hosts: ["notes.example.com"] };
    expect(await found(exposure, ["notes.example.com"])).to.be.empty;
    for (const [one, hosts] of [
      [exposure, ["notes.example.com", "vault.example.com"]],
      [exposure, []],
      [{ ...exposure, internet: false }, ["notes.example.com"]],
      [{ hosts: undefined }, ["notes.example.com"]],
    ] as const)
      expect(await found(one, [...hosts])).to.deep.equal(["route-is-its-app's (mandatory)"]);
  });

  it("reports a record without a route", async () => {
    const record = resource("mynodeone:index:DnsRecord", "record", { name: "notes.example.com" });
    expect(await violated(record)).to.deep.equal(["record-has-a-route (advisory)"]);
    expect(await violated(record, route(["notes.example.com"], { safety: soundFacts }))).to.be.empty;
  });
});
