import { expect } from "chai";
import { find, scriptOf } from "../components/engine.ts";
import type { AppSpec } from "../../../config/index.ts";
import { config, run, runWithSpecs, server, useCluster } from "./stack.ts";

describe("the hosts of the program", () => {
  useCluster();

  it("changes nothing before every host has been checked", async () => {
    const { resources } = await run({
      "mynodeone:apps": JSON.stringify({
        grafana: {
          internet: true,
          proxyPort: 8095,
          service: { namespace: "grafana", name: "grafana" },
          chart: { name: "oci://charts.example.com/grafana", version: "1.2.3" },
        },
      }),
    });
    const checks = ["home-check", "vps-check"];
    const changes = resources.filter(
      ({ type, name }) =>
        /^(command|cloudflare|kubernetes:helm)/.test(type) &&
        !checks.includes(name) &&
        !/^pulumi:/.test(type),
    );
    expect(changes.map(({ name }) => name)).to.include.members(["grafana-release", "vps-firewall"]);
    const waitsFor = (name: string): string[] =>
      resources
        .filter((one) => one.name === name)
        .flatMap(({ dependencies }) => [...dependencies, ...dependencies.flatMap(waitsFor)]);
    for (const { name } of changes) expect(waitsFor(name), name).to.include.members(checks);
  });

  it("checks the hosts again only if the config has changed", async () => {
    const scripts = async (more: Record<string, string>) => {
      const { resources } = await run(more);
      return ["home-check", "vps-check"].map((name) => find(resources, name).inputs.stdin);
    };
    const before = await scripts({});
    expect(await scripts({})).to.deep.equal(before);
    const after = await scripts({ "mynodeone:acme": JSON.stringify({ email: "you@example.com", server }) });
    for (const [index, script] of after.entries()) expect(script).not.to.deep.equal(before[index]);
  });

  it("does not check the hosts again for what an app only reports", async () => {
    const planWith = async (change: Partial<AppSpec>) => {
      const { resources } = await runWithSpecs((spec) => ({ ...spec, ...change }));
      return /^# For plan (\w+)$/m.exec(scriptOf(find(resources, "vps-check")))?.[1];
    };
    const plan = await planWith({});
    expect(plan).to.be.a("string");
    expect(await planWith({ notices: ["other words"], nextSteps: ["a step"], healthPath: "/up" })).to.equal(
      plan,
    );
    expect(await planWith({ hsts: false })).not.to.equal(plan);
  });

  it("names the option that each host's tailnet address comes from", async () => {
    const [first] = JSON.parse(config["mynodeone:edges"]) as object[];
    const second = {
      ...first,
      name: "vps2",
      device: "vps2",
      publicIp: "198.51.100.11",
      tailnetIp: "100.64.0.9",
    };
    const { resources } = await run({ "mynodeone:edges": JSON.stringify([first, second]) });
    for (const [check, text] of Object.entries({
      "home-check": "mynodeone:controlPlane.device points to 100.64.0.2",
      "vps-check": "mynodeone:edges[0].device points to 100.64.0.1",
      "vps2-check": "mynodeone:edges[1].tailnetIp points to 100.64.0.9",
    }))
      expect(scriptOf(find(resources, check))).to.contain(text);
  });

  it("logs in to a host with its own key, and to the others with the common one", async () => {
    const { resources } = await run({ "mynodeone:sshPrivateKeys": JSON.stringify({ home: "home's key" }) });
    const keyOf = (name: string) => {
      const { connection } = find(resources, name, "Command").inputs;
      return JSON.stringify(connection);
    };
    for (const script of ["home-check", "home-firewall", "grafana-proxy-unit"])
      expect(keyOf(script), script).to.contain("home's key").and.to.contain("secret");
    for (const script of ["vps-check", "vps-firewall"])
      expect(keyOf(script), script).to.contain("the private key").and.not.to.contain("home's key");
  });
});
