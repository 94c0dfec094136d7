import { expect } from "chai";
import { find, runProgram, scriptOf } from "../engine.ts";
import { failure, unhandledFailure } from "../failure.ts";
import { anEdge } from "../platform.ts";

const parsed = (script: string) => script.replaceAll(/\s+/g, " ");

describe("EdgeNode", () => {
  it("sets up its firewall before Traefik", async () => {
    const { resources } = await runProgram(() => anEdge());
    const traefik = find(resources, "vps-traefik");
    expect(traefik.dependencies).to.include("vps-firewall");
    expect(traefik.inputs.stdin).to.be.a("string");
    expect(scriptOf(traefik)).to.contain("sha256sum -c");
  });

  it("installs the Traefik release with the given URL and checksum", async () => {
    const { resources } = await runProgram(() =>
      anEdge("vps", { traefik: { url: "https://mirror.test/traefik.tar.gz", sha256: "ab" } }),
    );
    const script = scriptOf(find(resources, "vps-traefik"));
    expect(script).to.contain("url='https://mirror.test/traefik.tar.gz' sha256='ab'");
    expect(script).not.to.contain("uname");
  });

  it("passes the DNS token on standard input, as a secret", async () => {
    const { resources } = await runProgram(() =>
      anEdge("vps", { acme: { email: "me@example.com", challenge: "dns-01", dnsApiToken: "dnstoken" } }),
    );
    const traefik = find(resources, "vps-traefik");
    expect(traefik.inputs.stdin)
      .to.have.property("secret")
      .that.matches(/\}CF_DNS_API_TOKEN=dnstoken$/);
    expect(traefik.inputs.logging).to.equal("none");
    expect(scriptOf(traefik)).not.to.contain("dnstoken");
  });

  it("requires the DNS token for dns-01", async () => {
    const make = () => anEdge("vps", { acme: { email: "me@example.com", challenge: "dns-01" } });
    expect(await failure(make)).to.match(
      /EdgeNode "vps": acme\.challenge is "dns-01": set acme\.dnsApiToken/,
    );
  });
});

describe("EdgeNode behind a CDN", () => {
  it("trusts client addresses reported by the CDN's networks only", async () => {
    const traefik = async (trustedProxies?: string[]) => {
      const { resources } = await runProgram(() => anEdge("vps", { trustedProxies }));
      return scriptOf(find(resources, "vps-traefik"));
    };
    expect(parsed(await traefik(["203.0.113.0/24", "2001:db8::/32"]))).to.contain(
      'forwardedHeaders: trustedIPs: - "203.0.113.0/24" - "2001:db8::/32"',
    );
    expect(await traefik()).not.to.contain("forwardedHeaders");
    expect(await unhandledFailure(() => anEdge("vps", { trustedProxies: ["everybody"] }))).to.contain(
      'EdgeNode "vps": trustedProxies is "everybody"',
    );
  });
});
