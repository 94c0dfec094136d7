import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { comparePolicy } from "../../../../lookups/tailnetPolicy/compare.ts";
import { edgeRule, neededRule } from "../../../../components/tailnetPolicy/rules.ts";
import { matches } from "../../../../lookups/tailnetPolicy/selectors.ts";
import { parseHujson } from "../../../../lab/hujson.ts";
import { device, policyOf, tailnet } from "../../components/tailnetPolicy/facts.ts";
import { taggedPolicy } from "./taggedPolicy.ts";

const needed = edgeRule(["100.64.0.1"], "100.64.0.2", [8080, 8082]);
const accept = (src: string, ...dst: string[]) => ({ action: "accept", src: [src], dst });

/** The notices of a policy that has this rule besides the needed one. */
const noticesOf = (rule: object, more: object = {}, facts = tailnet()) =>
  comparePolicy(policyOf({ acls: [needed, rule], ...more }), facts);

describe("a tailnet's policy, compared with what edges need", () => {
  it("with only the needed rule gives no notice, by address and by tag", () => {
    expect(comparePolicy(policyOf({ acls: [needed] }), tailnet())).to.be.empty;
    const tagged = policyOf(parseHujson(taggedPolicy([8080, 8082])) as object);
    expect(comparePolicy(tagged, tailnet({ edge: ["tag:edge"], home: ["tag:home"] }))).to.be.empty;
    const grants = [{ src: ["100.64.0.1"], dst: ["100.64.0.2"], ip: ["tcp:8080", "8082"] }];
    expect(comparePolicy(policyOf({ grants }), tailnet())).to.be.empty;
  });

  it("that gives everyone full access is reported, with the rule to write", () => {
    for (const document of [
      { acls: [accept("*", "*:*")] },
      { ACLs: [{ Action: "accept", Users: ["*"], Ports: ["*:*"] }] },
      { grants: [{ src: ["*"], dst: ["*"], ip: ["*"] }] },
    ]) {
      const notices = comparePolicy(policyOf(document), tailnet());
      expect(notices, JSON.stringify(document)).to.have.length(1);
      expect(notices[0])
        .to.match(/lets contabo reach more than the apps on the internet, by (acls|grants)\[0\] \(/i)
        .and.to.contain('"src": ["100.64.0.1"], "dst": ["100.64.0.2:8080,8082"]');
    }
  });

  const excessive: Record<string, [rule: object, more?: object]> = {
    "another port of the home": [accept("100.64.0.1", "100.64.0.2:22")],
    "a range of ports around them": [accept("100.64.0.1", "100.64.0.2:8080-8082")],
    "the ports on every device": [accept("100.64.0.1", "*:8080")],
    "the ports in a network": [accept("100.64.0.1", "100.64.0.0/10:8080")],
    "another device": [accept("100.64.0.1", "laptop:443"), { hosts: { laptop: "100.64.0.3" } }],
    "the network behind a device": [accept("100.64.0.1", "192.168.1.0/24:*")],
    "the internet through an exit node": [accept("100.64.0.1", "autogroup:internet:*")],
    "something by its IPv6 address": [accept("fd7a:115c:a1e0::1", "100.64.0.2:22")],
    "something by a network of sources": [accept("100.64.0.0/24", "100.64.0.2:22")],
    "something by its owner": [accept("me@example.com", "100.64.0.2:22")],
    "something by a group": [
      accept("group:us", "100.64.0.2:22"),
      { groups: { "group:us": ["me@example.com"] } },
    ],
    "something by an alias": [accept("there", "100.64.0.2:22"), { hosts: { there: "100.64.0.1" } }],
    "something by a role that may be its owner's": [accept("autogroup:admin", "100.64.0.2:22")],
    "something by a set that is not looked into": [accept("ipset:some", "100.64.0.2:22")],
    "something by being a member's": [accept("autogroup:member", "100.64.0.2:22")],
    "the proxies by another protocol": [{ ...accept("100.64.0.1", "100.64.0.2:8080"), proto: "icmp" }],
  };
  for (const [what, [rule, more]] of Object.entries(excessive)) {
    it(`reports that an edge reaches ${what}`, () => {
      const notices = noticesOf(rule, more);
      expect(notices).to.have.length(1);
      expect(notices[0])
        .to.contain("lets contabo reach more")
        .and.to.contain("acls[1]")
        .and.not.to.contain("acls[0]");
    });
  }

  const harmless: Record<string, [rule: object, more?: object]> = {
    "is the laptop's": [accept("100.64.0.3", "*:*")],
    "is the home's": [accept("100.64.0.2", "*:*")],
    "is of networks without the edge": [accept("100.64.0.2/31", "*:*")],
    "is a tag's that no edge has": [accept("tag:ci", "*:*"), { tagOwners: { "tag:ci": [] } }],
    "is a group's without its owner": [
      accept("group:us", "*:*"),
      { groups: { "group:us": ["you@example.com"] } },
    ],
    "is another user's": [accept("you@example.com", "*:*")],
    "leads to one of the ports": [accept("*", "100.64.0.2:8082")],
  };
  for (const [what, [rule, more]] of Object.entries(harmless)) {
    it(`reports no rule that ${what}`, () => {
      expect(noticesOf(rule, more)).to.be.empty;
    });
  }

  it("treats a tagged edge as a device without an owner", () => {
    const facts = tailnet({ edge: ["tag:edge"] });
    for (const source of ["autogroup:member", "autogroup:admin", "me@example.com", "group:us"]) {
      const rule = accept(source, "*:*");
      expect(noticesOf(rule, { groups: { "group:us": ["me@example.com"] } }, facts), source).to.be.empty;
    }
    expect(noticesOf(accept("autogroup:tagged", "*:*"), {}, facts)).to.have.length(1);
  });

  it("reports the ports that an edge does not reach", () => {
    const [notice, ...others] = comparePolicy(
      policyOf({ acls: [accept("100.64.0.1", "100.64.0.2:8080")] }),
      tailnet(),
    );
    expect(others).to.be.empty;
    expect(notice).to.match(
      /no rule .* lets contabo reach home\S* at TCP port 8082: .*Add to "acls": \{ "action"/,
    );
    const unsure = comparePolicy(
      policyOf({ acls: [{ ...needed, srcPosture: ["posture:latest"] }] }),
      tailnet(),
    );
    expect(unsure.join("\n")).to.contain("at TCP ports 8080, 8082");
  });

  it("requires no rule without an app on the internet, but reports what an edge can reach", () => {
    expect(comparePolicy(policyOf({ acls: [] }), tailnet({}, []))).to.be.empty;
    const [notice] = comparePolicy(policyOf({ acls: [needed] }), tailnet({}, []));
    expect(notice).to.contain("lets contabo reach more").and.not.to.contain("allow it to reach the apps");
  });
});

describe("the rule that edges need", () => {
  it("names a tag only if no other device has it", () => {
    expect(neededRule(tailnet())).to.deep.equal(needed);
    expect(neededRule(tailnet({ edge: ["tag:edge"], home: ["tag:home"] }))).to.deep.equal(
      edgeRule(["tag:edge"], "tag:home", [8080, 8082]),
    );
    const shared = tailnet({ edge: ["tag:server"], home: ["tag:server"] });
    expect(neededRule(shared)).to.deep.equal(needed);
  });
});

describe("a selector", () => {
  it("of an unknown kind may mean any device", () => {
    for (const selector of ["svc:web", "user:*@example.com", "something"]) {
      expect(matches(selector, device("vps", 1), policyOf({})), selector).to.equal("maybe");
    }
  });
});

describe("docs/tailnet-policy.md", () => {
  it("shows the policy with tags that the program knows", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../../docs/tailnet-policy.md"), "utf8");
    expect(text).to.contain(taggedPolicy());
  });
});
