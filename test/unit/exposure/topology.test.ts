import { expect } from "chai";
import { anApp, topologyOf } from "../components/platform.ts";

describe("topology", () => {
  it("lists every hop in order", () => {
    const inTailnet = anApp({ name: "vaultwarden", host: "vault.example.com", internet: false });
    const topology = topologyOf(anApp(), inTailnet);
    expect(topology.version).to.equal(1);
    expect(topology.apps.map(({ hops }) => hops.map(({ kind }) => kind))).to.deep.equal([
      ["dns", "edge", "route", "tailnet", "proxy", "service"],
      ["proxy", "service"],
    ]);
    expect(topology.controlPlane.ssh.host).to.equal("100.64.0.2");
  });

  it("has the Service's scheme in the backend, and in the URL of an app in the tailnet", () => {
    const service = { namespace: "dashboard", name: "kong", port: 443, scheme: "https" as const };
    const inTailnet = { internet: false, service };
    const [open, inside, alone] = topologyOf(
      anApp({ service }),
      anApp({ ...inTailnet, name: "inside", proxyPort: 8081 }),
      anApp({ ...inTailnet, name: "alone", proxyPort: undefined }),
    ).apps;
    expect(open?.hops.find(({ kind }) => kind === "route")).to.include({
      backend: "https://100.64.0.2:8080",
    });
    expect(open?.hops.at(-1)).to.deep.equal({
      kind: "service",
      namespace: "dashboard",
      name: "kong",
      port: 443,
    });
    expect(inside?.url).to.equal("https://100.64.0.2:8081");
    expect(alone?.url).to.equal("https://kong.dashboard.svc:443");
  });

  it("lists who can reach an app under each of its host names", () => {
    const hosts = ["photos.example.com", "example.com"];
    const [photos, queue] = topologyOf(
      anApp({ hosts, cdn: true, allowFrom: ["192.0.2.0/24"] }),
      anApp({ name: "queue", internet: false, proxyPort: undefined }),
    ).apps;
    expect(photos).to.deep.include({ hosts, cdn: true, allowFrom: ["192.0.2.0/24"] });
    expect(photos?.hops.filter(({ kind }) => kind === "dns")).to.deep.equal(
      hosts.map((name) => ({
        ...{ kind: "dns", edge: "vps", name, type: "A", address: "192.0.2.1", proxied: true },
      })),
    );
    expect(queue?.url).to.equal("http://immich-server.immich.svc:80");
    expect(queue?.hops.map(({ kind }) => kind)).to.deep.equal(["service"]);
  });
});
