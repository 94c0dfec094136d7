import { expect } from "chai";
import fc from "fast-check";
import { envName } from "../../../../components/host/envFile.ts";
import { firewallTable, renderProxyFirewall } from "../../../../components/proxy/firewall.ts";
import { removeProxy, setUpProxy } from "../../../../components/proxy/scripts.ts";
import { renderSocatUnit, renderSocketUnit } from "../../../../components/proxy/socatUnit.ts";
import { dnsLabel } from "../../arbitraries.ts";
import { matchSnapshot } from "../../snapshot.ts";
import { matchScript } from "../shell.ts";

const proxy = {
  app: "uptime-kuma",
  address: "100.64.0.2",
  port: 8087,
  allow: ["100.64.0.1", "100.64.0.3"],
  service: { namespace: "monitoring", name: "uptime-kuma", port: 80, scheme: "http" as const },
  clusterCidrs: ["10.42.0.0/16", "10.43.0.0/16"],
  nodeAddresses: [],
  clusterDomain: "cluster.local",
  clusterDns: "10.43.0.10",
  publicUrl: "https://uptime.example.com",
  user: "deploy",
};

describe("a proxy's units", () => {
  it("match their snapshots", () => {
    const { app, address, port, service } = proxy;
    const socket = renderSocketUnit({
      app,
      listenAddress: address,
      listenPort: port,
      clients: ["100.64.0.1", address],
      firewallFile: "/etc/mynodeone/uptime-kuma-proxy.nft",
      firewallTable: firewallTable(app),
    });
    matchSnapshot("components/uptime-kuma-proxy.socket", socket);
    const unit = renderSocatUnit({
      app,
      backendHost: `${service.name}.${service.namespace}.svc.cluster.local`,
      backendPort: service.port,
      backends: proxy.clusterCidrs,
    });
    matchSnapshot("components/uptime-kuma-proxy.service", unit);
  });
});

describe("a proxy's firewall", () => {
  it("matches the snapshot of its nftables table", () => {
    matchSnapshot("components/uptime-kuma-proxy.nft", renderProxyFirewall(proxy));
  });

  it("uses a distinct table and variable for each app", () => {
    const similar = ["ab-c", "a-bc", "a-b-c", "a--b-c", "abc"];
    expect(new Set(similar.map(firewallTable)).size).to.equal(similar.length);
    expect(new Set(similar.map(envName)).size).to.equal(similar.length);
    fc.assert(
      fc.property(dnsLabel, dnsLabel, (one, other) => {
        expect(firewallTable(one) === firewallTable(other)).to.equal(one === other);
        expect(envName(one) === envName(other)).to.equal(one === other);
      }),
    );
  });
});

describe("a proxy's scripts", () => {
  const scripts = {
    "proxy.sh": setUpProxy(proxy),
    "proxy-https.sh": setUpProxy({ ...proxy, service: { ...proxy.service, port: 443, scheme: "https" } }),
    "proxy-remove.sh": removeProxy(proxy.app, proxy.user),
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(`match the snapshot of ${name}`, () => {
      matchScript(name, script);
    });
  }
});
