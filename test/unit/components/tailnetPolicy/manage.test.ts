import { expect } from "chai";
import fc from "fast-check";
import { addressesWithout, networkWithout } from "../../../../components/tailnetPolicy/complement.ts";
import { comparePolicy } from "../../../../lookups/tailnetPolicy/compare.ts";
import { defaultBehind, isDefault, managedPolicy } from "../../../../components/tailnetPolicy/manage.ts";
import { matches } from "../../../../lookups/tailnetPolicy/selectors.ts";
import { parseHujson } from "../../../../lab/hujson.ts";
import { device, policyOf, tailnet } from "./facts.ts";

const ssh = [{ action: "check", src: ["autogroup:member"], dst: ["autogroup:self"], users: ["root"] }];
const nodeAttrs = [{ target: ["autogroup:member"], attr: ["funnel"] }];

/** All forms of Tailscale's default policy so far. */
const defaults: Record<string, Record<string, unknown>> = {
  "with acls": { acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }], ssh, nodeAttrs },
  "with grants": { grants: [{ src: ["*"], dst: ["*"], ip: ["*"] }], ssh, groups: {}, tests: [] },
};

const written = (base: Record<string, unknown>, facts = tailnet()) =>
  parseHujson(managedPolicy(base, facts)) as Record<string, unknown>;

for (const [form, base] of Object.entries(defaults)) {
  describe(`the managed policy from a default one ${form}`, () => {
    it("lets the edges reach the apps and nothing else", () => {
      expect(isDefault(base)).to.equal(true);
      expect(comparePolicy(policyOf(base), tailnet()), "the default").not.to.be.empty;
      expect(comparePolicy(policyOf(written(base)), tailnet())).to.be.empty;
    });

    it("keeps everything of every other device, and every other section", () => {
      const policy = policyOf(written(base));
      const [rest] = policy.rules;
      for (const other of [device("home", 2), device("laptop", 3), device("new", 250)]) {
        for (const address of other.addresses) {
          const one = { ...other, addresses: [address] };
          expect(
            rest?.sources.some((source) => matches(source, one, policy) === "yes"),
            address,
          ).to.equal(true);
        }
      }
      expect(policy.document).to.deep.include({ ssh });
      expect(rest?.targets).to.deep.equal(policyOf(base).rules[0]?.targets);
    });

    it("allows the original default to be recovered, with any edges and apps", () => {
      const two = {
        ...tailnet(),
        edges: ["vps", "vps2"].map((name, index) => ({ name, device: device(name, index + 8) })),
      };
      for (const facts of [tailnet(), tailnet({}, []), two])
        expect(defaultBehind(written(base, facts))).to.deep.equal(base);
    });

    it("is no longer recognized as the program's after a change", () => {
      const document = written(base);
      const name = "acls" in base ? "acls" : "grants";
      const rules = document[name] as { src: string[]; dst: string[] }[];
      const [rest, own] = rules;
      const changed: Record<string, Record<string, unknown>> = {
        "a rule more": { ...document, [name]: [...rules, rest] },
        "a rule less": { ...document, [name]: [own] },
        "a source more": { ...document, [name]: [{ ...rest, src: [...(rest?.src ?? []), "tag:ci"] }, own] },
        "a target more": {
          ...document,
          [name]: [rest, { ...own, dst: [...(own?.dst ?? []), "100.64.0.3"] }],
        },
        "a group": { ...document, groups: { "group:us": ["me@example.com"] } },
        "a tag": { ...document, tagOwners: { "tag:ci": [] } },
        "another kind of rule": { ...document, [name === "acls" ? "grants" : "acls"]: [{ src: ["*"] }] },
      };
      for (const [what, other] of Object.entries(changed))
        expect(defaultBehind(other), what).to.equal(undefined);
    });
  });
}

describe("a policy of the user's own", () => {
  const own: Record<string, Record<string, unknown>> = {
    "has rules beside the default one": {
      acls: [
        { action: "accept", src: ["*"], dst: ["*:*"] },
        { action: "accept", src: ["a@b.c"], dst: ["*:22"] },
      ],
    },
    "has narrower rules": { acls: [{ action: "accept", src: ["autogroup:member"], dst: ["*:*"] }] },
    "has tags": { acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }], tagOwners: { "tag:ci": [] } },
    "has tests": { acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }], tests: [{ src: "a@b.c" }] },
    "allows nothing": {},
    "has no rules": { acls: [] },
    "has a section of another kind": { acls: "all" },
  };
  for (const [what, document] of Object.entries(own)) {
    it(`is not the default one if it ${what}`, () => {
      expect(defaultBehind(document)).to.equal(undefined);
    });
  }
});

describe("a network without addresses", () => {
  it("contains all others, and lists those that it lacks", () => {
    const address = fc.integer({ min: 0, max: 2 ** 22 - 1 }).map((number) => {
      const whole = 0x64400000 + number;
      return [24, 16, 8, 0].map((shift) => (whole >>> shift) & 255).join(".");
    });
    fc.assert(
      fc.property(fc.uniqueArray(address, { maxLength: 4 }), address, (excluded, other) => {
        const networks = networkWithout("100.64.0.0/10", excluded);
        expect(addressesWithout("100.64.0.0/10", networks)).to.have.members(excluded);
        const policy = policyOf({});
        const isIn = networks.some(
          (network) => matches(network, { ...device("x", 1), addresses: [other] }, policy) === "yes",
        );
        expect(isIn).to.equal(!excluded.includes(other));
      }),
    );
    expect(networkWithout("fd7a:115c:a1e0::/48", ["fd7a:115c:a1e0::1"])).to.have.length(80);
    for (const networks of [[], ["100.64.0.0/11"], ["10.0.0.0/8"], ["*"]])
      expect(addressesWithout("100.64.0.0/10", networks)).to.equal(undefined);
  });
});
