import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { find, runProgram, valueOf } from "./components/engine.ts";
import type { StandIn } from "./components/engine.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5xLmtbmU1vTDxxCZ1nGmT1nTnGQm3kPBv1q9yHQ9sD";
const ssh = { user: "deploy", hostKey };
const config = {
  "mynodeone:domain": "home.example.com",
  "mynodeone:acme": JSON.stringify({ email: "me@example.com" }),
  "mynodeone:edges": JSON.stringify([{ name: "vps", publicIp: "198.51.100.10", device: "vps", ssh }]),
  "mynodeone:controlPlane": JSON.stringify({ device: "home", ssh }),
  "mynodeone:apps": JSON.stringify({
    grafana: {
      service: { namespace: "monitoring", name: "grafana", port: 80 },
      internet: true,
      proxyPort: 8095,
    },
  }),
  "mynodeone:sshPrivateKey": "the private key",
};

const standIn: StandIn = {
  state: {
    "kubernetes:core/v1:Service": () => ({ spec: { clusterIP: "10.43.0.10", ports: [{ port: 80 }] } }),
  },
  call: {
    "tailscale:index/getDevice:getDevice": ({ hostname }) => {
      if (hostname === "vps") return { addresses: ["fd7a::1", "100.64.0.1"] };
      if (hostname === "home") return { addresses: ["100.64.0.2"] };
      throw new Error(`no device ${String(hostname)}`);
    },
    "cloudflare:index/getZone:getZone": ({ filter }) => {
      if ((filter as { name: string }).name === "example.com") return { zoneId: "z1" };
      throw new Error("no such zone");
    },
  },
};

async function run(more: Record<string, string> = {}, without: string[] = []) {
  const settings = Object.fromEntries(
    Object.entries({ ...config, ...more }).filter(([key]) => !without.includes(key)),
  );
  pulumi.runtime.setAllConfig(settings, ["mynodeone:sshPrivateKey", "mynodeone:kubeconfig"]);
  return runProgram(async () => {
    const entry = await import("../../index.ts");
    return entry.default();
  }, standIn);
}

describe("the stack", () => {
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  it("looks up what is not given, and reports every hop", async () => {
    const { resources, result } = await run();
    const url = result.urls.grafana;
    expect(url && (await valueOf(url))).to.equal("https://grafana.home.example.com");
    expect(find(resources, "grafana.home.example.com-vps-record-a").inputs).to.include({
      zoneId: "z1",
      content: "198.51.100.10",
    });
    const topology = await valueOf(result.topology);
    expect(topology.version).to.equal(1);
    expect(topology.apps[0]?.hops.map(({ kind }) => kind)).to.deep.equal([
      "dns",
      "edge",
      "route",
      "tailnet",
      "proxy",
      "service",
    ]);
    expect(JSON.stringify(topology)).not.to.contain("private key");
    expect(topology.controlPlane).to.deep.include({ tailnetIp: "100.64.0.2" });
  });

  it("may run again in the same process", async () => {
    const first = await run();
    const second = await run();
    expect(second.resources.map(({ urn }) => urn).sort()).to.deep.equal(
      first.resources.map(({ urn }) => urn).sort(),
    );
  });

  it("asks nobody for what is given by hand", async () => {
    const { resources } = await run({ "mynodeone:zoneId": "12345678901234567890123456789012" });
    expect(find(resources, "grafana.home.example.com-vps-record-a").inputs.zoneId).to.equal(
      "12345678901234567890123456789012",
    );
  });

  it("uses the cluster of the kubeconfig, kept secret", async () => {
    const { resources } = await run({ "mynodeone:kubeconfig": "apiVersion: v1" });
    expect(find(resources, "cluster").inputs.kubeconfig).to.deep.equal({ secret: "apiVersion: v1" });
  });

  it("tells all that is wrong with the config, without a stack trace", async () => {
    const failed = await run({ "mynodeone:domain": "nodots" }, ["mynodeone:acme"]).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(pulumi.RunError.isInstance(failed)).to.equal(true);
    expect(String(failed)).to.contain("domain").and.to.contain("acme");
  });
});
