import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkFile } from "../../../../cli/check.ts";
import { formatPath } from "../../../../config/schema/problems.ts";
import { projectRoot } from "../../../../lab/paths.ts";
import { configError, hostKey, minimalWith } from "../stackFile.ts";

const ssh = { user: "deploy", hostKey };
const edge = { name: "vps", publicIp: "45.8.133.192", device: "vps", ssh };
const own = {
  domain: "photos-of-us.net",
  acme: { email: "me@photos-of-us.net" },
  edges: [edge],
  controlPlane: { device: "home", ssh },
};

/** The paths of the problems of a config with these options; none if it can be deployed. */
function problemsOf(options: Record<string, unknown>, needsOwnValues = true): string[] {
  const error = configError({ ...minimalWith({ ...own, ...options }), needsOwnValues });
  return error?.problems.map(({ path }) => formatPath(path)) ?? [];
}

describe("a config for a deployment", () => {
  it("is refused with the sample's values, which are all reported at once, by line", () => {
    const sample = join(projectRoot, "Pulumi.prod.yaml");
    const { good, lines } = checkFile(sample, "sample", { needsOwnValues: true });
    expect(good).to.equal(false);
    const text = readFileSync(sample, "utf8").split("\n");
    expect(
      lines.map((line) => text[Number(line.split(":")[1]) - 1]?.trim().split(":", 2).join(":")),
    ).to.deep.equal([
      "mynodeone:domain",
      "email: me@example.com",
      "publicIp: 203.0.113.7",
      ...["Vps", "Home"].map((host) => text.find((line) => line.includes(`KeyOfThe${host}`))?.trim()),
    ]);
    expect(checkFile(sample, "sample").good, "as a sample").to.equal(true);
  });

  it("is accepted with the user's own values", () => {
    expect(problemsOf({})).to.deep.equal([]);
    expect(problemsOf({ domain: "myexample.com", acme: { email: "me@test.net" } })).to.deep.equal([]);
  });

  const refused = {
    "mynodeone:acme.email": [
      ...["me@example.com", "me@mail.Example.org", "me@example.net", "me@here.example", "me@a.invalid"],
      ...["me@a.test", "me@a.localhost", "me@nas.lan", "me@localhost", "me@com"],
    ].map((email) => ({ acme: { email } })),
    "mynodeone:domain": [
      ...["example.com", "home.example.org", "home.test", "nas.lan", "home.arpa", "site.internal", "a.local"],
      ...["10.0.0.1", "*.photos-of-us.net", "net"],
    ].map((domain) => ({ domain })),
    "mynodeone:edges[0].publicIp": ["192.0.2.1", "198.51.100.10", "203.0.113.255"].map((publicIp) => ({
      edges: [{ ...edge, publicIp }],
    })),
  };
  for (const [where, configs] of Object.entries(refused)) {
    it(`is refused with values that Let's Encrypt refuses as ${where}`, () => {
      for (const options of configs)
        expect(problemsOf(options), JSON.stringify(options)).to.deep.equal([where]);
    });
  }

  it("is refused for this with both of Let's Encrypt's servers, and accepted with another authority", () => {
    const email = "me@example.com";
    for (const host of ["acme-v02", "acme-staging-v02"]) {
      const server = `https://${host}.api.letsencrypt.org/directory`;
      expect(problemsOf({ acme: { email, server } })).to.deep.equal(["mynodeone:acme.email"]);
    }
    const acme = { email, server: "https://ca.nas.lan/acme/directory" };
    const edges = [{ ...edge, publicIp: "203.0.113.7" }];
    expect(problemsOf({ domain: "nas.lan", acme, edges })).to.deep.equal([]);
    expect(problemsOf({ acme: { email } }, false), "as a sample").to.deep.equal([]);
  });
});
