import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startClusterApi } from "./components/cluster/clusterApi.ts";
import { find, scriptOf, valueOf } from "./components/engine.ts";
import { engineWith, inState } from "./components/state/state.ts";
import {
  config,
  failing,
  grafanaService,
  policy,
  run,
  runWithSpecs,
  standIn,
  useCluster,
  zone,
} from "./program/stack.ts";
import { rejection } from "./rejection.ts";
import { temporaryDirectories } from "./temporaryDirectories.ts";

describe("the program", () => {
  const newDirectory = temporaryDirectories();
  const cluster = useCluster();

  it("looks up values that the config omits, and reports every hop", async () => {
    const { resources, result } = await run();
    const url = result.urls.grafana;
    expect(url && (await valueOf(url))).to.equal("https://grafana.home.example.com");
    expect(find(resources, "grafana.home.example.com-vps-record-a").inputs).to.include({
      zoneId: "z1",
      content: "198.51.100.10",
    });
    const { topology } = result;
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

  it("reports a login at the edge only if the app is made with it, whatever its spec says", async () => {
    const users = { "mynodeone:basicAuthUsers": `me:$2y$10$${"a".repeat(53)}` };
    const grafana = { service: grafanaService, internet: true, basicAuth: true, proxyPort: 8095 };
    const apps = { "mynodeone:apps": JSON.stringify({ grafana }) };
    const loginOf = async (basicAuth: boolean) => {
      const { result } = await runWithSpecs((spec) => ({ ...spec, basicAuth }), { ...users, ...apps });
      return result.topology.apps[0]?.safety.edgeLogin;
    };
    expect(await loginOf(true)).to.equal(true);
    expect(await loginOf(false)).to.equal(false);
  });

  it("can run twice in the same process", async () => {
    const first = await run();
    const second = await run();
    expect(second.resources.map(({ urn }) => urn).sort()).to.deep.equal(
      first.resources.map(({ urn }) => urn).sort(),
    );
  });

  it("uses the zone with the id from the config, of several zones with the same name", async () => {
    const ids = ["12345678901234567890123456789012", "abcdefabcdefabcdefabcdefabcdefab"];
    const inZones = {
      ...standIn,
      call: {
        ...standIn.call,
        "cloudflare:index/getZones:getZones": () => ({ results: ids.map((id) => ({ ...zone, id })) }),
        "cloudflare:index/getDnsRecords:getDnsRecords": ({ zoneId }: Record<string, unknown>) =>
          ids.includes(String(zoneId)) ? { results: [] } : failing("403 Forbidden")(),
      },
    };
    for (const id of ids) {
      const { resources } = await run({ "mynodeone:zoneId": id }, [], inZones);
      expect(find(resources, "grafana.home.example.com-vps-record-a").inputs.zoneId).to.equal(id);
    }
    const message = String(await rejection(run({}, [], inZones)));
    expect(message)
      .to.contain("example.com has 2 zones")
      .and.to.contain(`the id of yours: ${ids[0]} (active)`);
  });

  it("finds the zone of an internationalized domain, which Cloudflare shows in Unicode", async () => {
    const call = {
      ...standIn.call,
      "cloudflare:index/getZones:getZones": () => ({ results: [{ ...zone, name: "bücher.example" }] }),
      "cloudflare:index/getDnsRecords:getDnsRecords": () => ({
        results: [{ name: "grafana.bücher.example", type: "A", content: "192.0.2.9", comment: "" }],
      }),
    };
    const domain = { "mynodeone:domain": "xn--bcher-kva.example" };
    const message = String(await rejection(run(domain, [], { call })));
    expect(message).to.contain("The config has 1 problem").and.to.contain("did not create (A 192.0.2.9)");
    const without = { ...call, "cloudflare:index/getDnsRecords:getDnsRecords": () => ({ results: [] }) };
    const { resources } = await run(domain, [], { call: without });
    expect(find(resources, "grafana.xn--bcher-kva.example-vps-record-a").inputs.zoneId).to.equal("z1");
  });

  it("reads the cluster's DNS and networks, and refuses a proxy port that the cluster redirects", async () => {
    const panel = {
      spec: { type: "NodePort", ports: [{ port: 80, nodePort: 8095 }] },
    };
    const dns = { "kube-dns": { spec: { clusterIP: "10.96.0.10", ports: [{ port: 53 }] } } };
    const other = await startClusterApi({
      services: { "kube-system": dns, monitoring: { grafana: [80], panel } },
      nodes: [{ metadata: { name: "home" }, spec: { podCIDRs: ["10.244.0.0/24"] } }],
      serviceCidrs: ["10.96.0.0/12"],
    });
    try {
      const more = { "mynodeone:kubeconfig": other.kubeconfig };
      expect(String(await rejection(run(more)))).to.contain(
        "mynodeone:apps.grafana.proxyPort: the cluster forwards port 8095 to Service monitoring/panel",
      );
      const apps = { grafana: { service: { namespace: "monitoring", name: "grafana" }, proxyPort: 8096 } };
      const { resources } = await run({ ...more, "mynodeone:apps": JSON.stringify(apps) });
      expect(scriptOf(find(resources, "home-proxy-tools"))).to.contain("nameserver 10.96.0.10");
      expect(scriptOf(find(resources, "home-firewall"))).to.contain("allow from 10.244.0.0/24");
      const wrong = { ...more, "mynodeone:clusterCidrs": JSON.stringify(["10.42.0.0/16"]) };
      expect(String(await rejection(run(wrong)))).to.contain(
        "mynodeone:clusterCidrs: the cluster has addresses outside of 10.42.0.0/16",
      );
    } finally {
      await other.stop();
    }
  });

  describe("in the cluster", () => {
    const withState = (
      outputs: Record<string, unknown>,
      more: Record<string, string> = {},
      without: string[] = [],
    ) =>
      run(more, without, {
        call: {
          ...standIn.call,
          ...engineWith(inState("pulumi:providers:kubernetes", "cluster", outputs)).call,
        },
      });

    it("uses the kubeconfig from the config and keeps it secret", async () => {
      const { resources } = await run();
      expect(find(resources, "cluster").inputs.kubeconfig).to.deep.equal({ secret: cluster().kubeconfig });
    });

    it("has one identifier, with a kubeconfig in the config and without", async () => {
      const file = join(newDirectory(), "config");
      writeFileSync(file, cluster().kubeconfig);
      process.env.KUBECONFIG = file;
      try {
        const [ours, surroundings] = [await run(), await run({}, ["mynodeone:kubeconfig"])];
        const [one, other] = [ours, surroundings].map(({ resources }) => find(resources, "cluster"));
        expect(one?.inputs.clusterIdentifier).to.be.a("string").and.to.equal(other?.inputs.clusterIdentifier);
        expect(other?.inputs, "the path of the surroundings' own").not.to.have.property("kubeconfig");
      } finally {
        delete process.env.KUBECONFIG;
      }
    });

    it("keeps the previous kubeconfig in the run that adds the identifier", async () => {
      const ignored = async (outputs: Record<string, unknown>) =>
        find((await withState(outputs)).resources, "cluster").ignoreChanges;
      expect(await ignored({ kubeconfig: "former" })).to.deep.equal(["kubeconfig"]);
      expect(await ignored({ kubeconfig: "former", clusterIdentifier: "mynodeone" })).to.deep.equal([]);
    });
  });

  it("writes the tailnet's policy only with manage, after every host has been checked", async () => {
    const lookups = { call: { ...standIn.call, "tailscale:index/getAcl:getAcl": () => policy({ ssh: [] }) } };
    const withMode = async (mode: string) =>
      (await run({ "mynodeone:tailnetPolicy": mode }, [], lookups)).resources;
    expect((await withMode("compare")).filter(({ type }) => type.includes("acl"))).to.be.empty;
    const acl = find(await withMode("manage"), "tailnet-acl");
    expect(acl.inputs)
      .to.include({ resetAclOnDestroy: true })
      .and.not.to.have.property("overwriteExistingContent");
    expect(acl.dependencies).to.include.members(["home-check", "vps-check"]);
    const text = String(acl.inputs.acl);
    expect(text)
      .to.contain('"100.64.0.2:8095"')
      .and.not.to.contain('"100.64.0.1/32"')
      .and.not.to.contain('"*"');
  });

  it("gives a tailnet app its host names, with the address that was looked up", async () => {
    const hostsOf = async (more: Record<string, string>) => {
      const { resources } = await run({ "mynodeone:apps": JSON.stringify({ homepage: {} }), ...more });
      return /"HOMEPAGE_ALLOWED_HOSTS":"([^"]*)"/.exec(
        JSON.stringify(find(resources, "homepage-release").inputs),
      )?.[1];
    };
    expect(await hostsOf({})).to.equal("100.64.0.2:8083,home:8083");
    const { ssh } = JSON.parse(config["mynodeone:controlPlane"]) as { ssh: object };
    const controlPlane = JSON.stringify({ device: "home.tail1.ts.net", tailnetIp: "100.64.0.9", ssh });
    expect(await hostsOf({ "mynodeone:controlPlane": controlPlane })).to.equal(
      "100.64.0.9:8083,home:8083,home.tail1.ts.net:8083",
    );
  });

  it("reports all config problems at once, without a stack trace", async () => {
    const without = ["mynodeone:acme", "mynodeone:sshPrivateKey"];
    const failed = await rejection(run({ "mynodeone:domain": "nodots" }, without));
    expect(pulumi.RunError.isInstance(failed)).to.equal(true);
    expect(String(failed)).to.contain("domain").and.to.contain("acme");
    expect(String(failed)).to.contain("mynodeone:sshPrivateKey: missing");
  });
});
