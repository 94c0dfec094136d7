import { expect } from "chai";
import { SocatProxy } from "../../../../components/index.ts";
import { find, runProgram, scriptOf, valueOf } from "../engine.ts";
import { failure, unhandledFailure } from "../failure.ts";
import { aControlPlane, anEdge } from "../platform.ts";

const parsed = (script: string) => script.replaceAll(/\s+/g, " ");

describe("SocatProxy", () => {
  const service = { namespace: "monitoring", name: "grafana", port: 80 };

  it("forwards a tailnet port to the Service, for its edges only", async () => {
    const { resources, result } = await runProgram(() => {
      const [controlPlane, edge] = [aControlPlane(), anEdge()];
      return new SocatProxy("grafana", { controlPlane, service, port: 8095, allow: [edge] });
    });
    expect(await valueOf(result.url)).to.equal("http://100.64.0.2:8095");
    const unit = find(resources, "grafana-unit");
    expect(unit.parent).to.equal("grafana");
    expect(unit.urn).to.contain("mynodeone:index:SocatProxy$command:remote:Command");
    expect(unit.dependencies).to.include.members(["home-firewall", "home-proxy-tools"]);
    const script = parsed(scriptOf(unit));
    expect(script).to.contain("TCP4:grafana.monitoring.svc.cluster.local.:80");
    expect(script, "the service").to.contain("IPAddressAllow=10.43.0.10 10.42.0.0/16 10.43.0.0/16");
    expect(script, "its socket").to.contain("IPAddressAllow=100.64.0.1 100.64.0.2");
    expect(script).to.contain("ip saddr != { 100.64.0.1 } counter drop");
    expect(script).to.contain("'GRAFANA_URL=http://100.64.0.2:8095'");
  });

  it("has an https URL if the Service speaks HTTPS", async () => {
    const { result } = await runProgram(
      () =>
        new SocatProxy("grafana", {
          controlPlane: aControlPlane(),
          service: { ...service, port: 443, scheme: "https" },
          port: 8095,
          allow: ["100.64.0.9"],
        }),
    );
    expect(await valueOf(result.url)).to.equal("https://100.64.0.2:8095");
  });

  it("may connect to the nodes' addresses only with hostNetwork, which admits no other client", async () => {
    const nodeAddresses = ["10.77.0.10", "10.77.0.11"];
    const script = async (hostNetwork?: boolean) => {
      const { resources } = await runProgram(
        () =>
          new SocatProxy("grafana", {
            controlPlane: aControlPlane({ nodeAddresses }),
            ...{ service, port: 8095, allow: ["100.64.0.9"], hostNetwork },
          }),
      );
      const texts = resources.filter(({ inputs }) => "create" in inputs).map((one) => scriptOf(one));
      return texts.join("\n").split("\n");
    };
    const lines = await script(true);
    // A warning may name them.
    const effective = lines.filter((line) => !line.includes("|| warn "));
    const naming = effective.filter((line) => nodeAddresses.some((address) => line.includes(address)));
    expect(naming).to.deep.equal([
      `IPAddressAllow=10.43.0.10 10.42.0.0/16 10.43.0.0/16 ${nodeAddresses.join(" ")}`,
    ]);
    expect((await script()).join("\n")).not.to.contain("10.77.0.1");
  });

  it("refuses hostNetwork if the nodes' addresses are unknown", async () => {
    const make = () =>
      new SocatProxy("grafana", {
        controlPlane: aControlPlane(),
        ...{ service, port: 8095, allow: ["100.64.0.9"], hostNetwork: true },
      });
    expect(await unhandledFailure(make)).to.contain('SocatProxy "grafana": hostNetwork is true: set');
  });

  it("looks up the Service below the cluster's own domain, which may have one label", async () => {
    const names = async (clusterDomain: string) => {
      const { resources } = await runProgram(
        () =>
          new SocatProxy("grafana", {
            controlPlane: aControlPlane({ clusterDomain }),
            ...{ service, port: 8095, allow: ["100.64.0.9"] },
          }),
      );
      return scriptOf(find(resources, "grafana-unit"));
    };
    expect(await names("k8s.example.com")).to.contain("TCP4:grafana.monitoring.svc.k8s.example.com.:80");
    expect(await names("cluster")).to.contain("TCP4:grafana.monitoring.svc.cluster.:80");
    const make = () => aControlPlane({ clusterDomain: "cluster.local,fork" });
    expect(await unhandledFailure(make)).to.contain('ControlPlane "home": clusterDomain');
  });

  it("removes its unit, firewall rules and variable", async () => {
    const { resources } = await runProgram(
      () =>
        new SocatProxy("grafana", {
          controlPlane: aControlPlane(),
          service,
          port: 8095,
          allow: ["100.64.0.9"],
        }),
    );
    const script = scriptOf(find(resources, "grafana-unit"), "delete");
    for (const trace of [
      "'remove_units'",
      "grafana-proxy.nft",
      "'mynodeone grafana'",
      "GRAFANA_PROXY_PORT",
    ]) {
      expect(script).to.contain(trace);
    }
  });

  const bad = {
    ...{ port: 80, service: { ...service, name: "a,exec:sh" } },
    allow: ["100.64.0.300"],
    app: "a/b",
  };
  for (const [option, value] of Object.entries(bad)) {
    it(`refuses an invalid ${option}`, async () => {
      const args = { service, port: 8095, allow: ["100.64.0.1"], [option]: value };
      const make = () => new SocatProxy("grafana", { controlPlane: aControlPlane(), ...args });
      expect(await unhandledFailure(make)).to.match(new RegExp(`SocatProxy "grafana": ${option}`));
    });
  }

  it("refuses an empty list of allowed edges", async () => {
    const make = () => new SocatProxy("g", { controlPlane: aControlPlane(), service, port: 8095, allow: [] });
    expect(await failure(make)).to.contain('SocatProxy "g": allow');
  });
});
