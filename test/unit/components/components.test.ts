import { expect } from "chai";
import {
  ControlPlane,
  describeTopology,
  DnsRecord,
  EdgeNode,
  HybridApp,
  SocatProxy,
  VpsRoute,
} from "../../../components/index.ts";
import type { HybridAppArgs } from "../../../components/index.ts";
import type { AppSpec } from "../../../config/index.ts";
import { rejection as refusal } from "../plugins/fixtures/rejection.ts";
import { startClusterApi } from "./clusterApi.ts";
import type { Registration, StandIn } from "./engine.ts";
import { find, runProgram, scriptOf, valueOf } from "./engine.ts";
import { aControlPlane, anApp, anEdge, ssh } from "./platform.ts";

const parsed = (script: string) => script.replaceAll(/\s+/g, " ");
const names = (resources: Registration[]) => resources.map(({ name, parent }) => `${parent} > ${name}`);

/** The message that a program ends with. */
async function failure(program: () => unknown): Promise<string> {
  try {
    await runProgram(program);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("the program did not fail");
}

describe("ControlPlane", () => {
  it("opens what must stay open, and tells proxies where DNS is", async () => {
    const { resources } = await runProgram(() => aControlPlane({ ssh: { ...ssh, port: 2222 } }));
    expect(find(resources, "home").type).to.equal("mynodeone:index:ControlPlane");
    expect(names(resources)).to.include.members(["home > home-firewall", "home > home-proxy-tools"]);
    const firewall = scriptOf(find(resources, "home-firewall"));
    for (const rule of [
      "allow 2222/tcp",
      "allow 41641/udp",
      "allow 6443/tcp",
      "route allow from 10.42.0.0/16",
    ]) {
      expect(firewall).to.contain(`'${rule}'`);
    }
    expect(scriptOf(find(resources, "home-proxy-tools"))).to.contain("nameserver 10.43.0.10");
  });

  it("stores no key outside the connection", async () => {
    const { resources } = await runProgram(() => aControlPlane());
    for (const { inputs } of resources) {
      expect(JSON.stringify({ ...inputs, connection: undefined })).not.to.contain("private key");
    }
  });
});

describe("EdgeNode", () => {
  it("has its firewall before Traefik", async () => {
    const { resources } = await runProgram(() => anEdge());
    const traefik = find(resources, "vps-traefik");
    expect(traefik.dependencies).to.include("vps-firewall");
    expect(traefik.inputs.stdin).to.be.a("string");
    expect(scriptOf(traefik)).to.contain("sha256sum -c");
  });

  it("installs the given release", async () => {
    const { resources } = await runProgram(() =>
      anEdge("vps", { traefik: { url: "https://mirror.test/traefik.tar.gz", sha256: "ab" } }),
    );
    const script = scriptOf(find(resources, "vps-traefik"));
    expect(script).to.contain("url='https://mirror.test/traefik.tar.gz' sha256='ab'");
    expect(script).not.to.contain("uname");
  });

  it("hands on the DNS token by standard input, as a secret", async () => {
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

  it("wants the token for dns-01", async () => {
    const make = () => anEdge("vps", { acme: { email: "me@example.com", challenge: "dns-01" } });
    expect(await failure(make)).to.match(
      /EdgeNode "vps": acme\.challenge is "dns-01": give acme\.dnsApiToken/,
    );
  });
});

describe("SocatProxy", () => {
  const service = { namespace: "monitoring", name: "grafana", port: 80 };

  it("joins the tailnet and the Service, for its edges alone", async () => {
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
    expect(script).to.contain("TCP4:grafana.monitoring.svc.cluster.local:80");
    expect(script).to.contain("IPAddressAllow=100.64.0.1 100.64.0.2 10.43.0.10 10.42.0.0/16 10.43.0.0/16");
    expect(script).to.contain("ip saddr != { 100.64.0.1 } counter drop");
    expect(script).to.contain("'GRAFANA_URL=http://100.64.0.2:8095'");
  });

  it("is removed without knowing how it was made", async () => {
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
    for (const trace of ["disable --now", "grafana-proxy.nft", "'mynodeone grafana'", "GRAFANA_PROXY_PORT"]) {
      expect(script).to.contain(trace);
    }
  });

  const bad = { port: 80, service: { ...service, name: "a,exec:sh" }, allow: ["100.64.0.300"], app: "a/b" };
  for (const [option, value] of Object.entries(bad)) {
    it(`refuses a wrong ${option}`, async () => {
      const args = { service, port: 8095, allow: ["100.64.0.1"], [option]: value };
      const make = () => new SocatProxy("grafana", { controlPlane: aControlPlane(), ...args });
      expect(await rejection(make)).to.match(new RegExp(`SocatProxy "grafana": ${option}`));
    });
  }

  it("refuses to be for nobody", async () => {
    const make = () => new SocatProxy("g", { controlPlane: aControlPlane(), service, port: 8095, allow: [] });
    expect(await failure(make)).to.contain('SocatProxy "g": allow');
  });
});

/** Some mistakes show only when the values are there: they end the program as an unhandled rejection. */
async function rejection(program: () => unknown, standIn?: StandIn): Promise<string> {
  const messages: string[] = [];
  const note = (reason: unknown) => messages.push(reason instanceof Error ? reason.message : String(reason));
  const earlier = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", note);
  try {
    await runProgram(program, standIn).catch(note);
    // Node reports a rejection once the promises that might still handle it have had their turn.
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of earlier) process.on("unhandledRejection", listener);
  }
  return messages.join("\n");
}

describe("VpsRoute", () => {
  it("is one file on its edge", async () => {
    const { resources, result } = await runProgram(
      () =>
        new VpsRoute("grafana", {
          edge: anEdge(),
          hosts: ["grafana.example.com"],
          backend: "http://100.64.0.2:8095",
        }),
    );
    expect(await valueOf(result.url)).to.equal("https://grafana.example.com");
    const file = find(resources, "grafana-file");
    expect(file.parent).to.equal("grafana");
    expect(file.inputs.triggers).to.deep.equal([
      "192.0.2.1:22 ssh-ed25519 AAAAhost",
      "/etc/traefik/dynamic/grafana.yaml",
    ]);
    expect(scriptOf(file)).to.contain("Host(`grafana.example.com`)").and.not.to.contain("hsts");
    expect(scriptOf(file, "delete")).to.contain("'rm' '-f' '/etc/traefik/dynamic/grafana.yaml'");
  });
});

describe("DnsRecord", () => {
  it("is an A record that Cloudflare does not proxy", async () => {
    const { resources } = await runProgram(
      () => new DnsRecord("grafana", { zoneId: "z1", name: "grafana.example.com", address: "192.0.2.1" }),
    );
    expect(find(resources, "grafana-a").inputs).to.deep.equal({
      zoneId: "z1",
      name: "grafana.example.com",
      type: "A",
      content: "192.0.2.1",
      ttl: 1,
      proxied: false,
      comment: "mynodeone stack",
    });
  });
});

describe("EdgeNode behind a CDN", () => {
  it("believes the CDN's networks about a client's address, and nobody else", async () => {
    const traefik = async (trustedProxies?: string[]) => {
      const { resources } = await runProgram(() => anEdge("vps", { trustedProxies }));
      return scriptOf(find(resources, "vps-traefik"));
    };
    expect(parsed(await traefik(["203.0.113.0/24", "2001:db8::/32"]))).to.contain(
      "forwardedHeaders: trustedIPs: - 203.0.113.0/24 - 2001:db8::/32",
    );
    expect(await traefik()).not.to.contain("forwardedHeaders");
    expect(await rejection(() => anEdge("vps", { trustedProxies: ["everybody"] }))).to.contain(
      'EdgeNode "vps": trustedProxies is "everybody"',
    );
  });
});

describe("HybridApp", () => {
  const standIn = {
    state: {
      "kubernetes:core/v1:Service": () => ({ spec: { clusterIP: "10.43.7.7", ports: [{ port: 80 }] } }),
      "kubernetes:helm.sh/v3:Release": () => ({ status: { namespace: "immich", name: "immich" } }),
    },
  };
  const run = (spec = anApp(), edges = () => [anEdge()], more: Partial<HybridAppArgs> = {}) =>
    runProgram(
      () =>
        new HybridApp(spec.name, {
          spec,
          controlPlane: aControlPlane(),
          edges: edges(),
          zoneId: "z1",
          ...more,
        }),
      standIn,
    );

  it("makes every hop, each below the app", async () => {
    const { resources, result } = await run();
    expect(await valueOf(result.url)).to.equal("https://photos.example.com");
    const below = resources.filter(({ parent }) => parent === "immich").map(({ name }) => name);
    expect(below).to.have.members([
      "immich-namespace",
      "immich-release-claim",
      "immich-release",
      "immich-proxy",
      "photos.example.com-vps-route",
      "photos.example.com-vps-record",
    ]);
  });

  it("waits in the order of the way: release, proxy, record, route", async () => {
    const { resources } = await run();
    expect(find(resources, "immich-release").inputs).to.include({
      namespace: "immich",
      createNamespace: true,
    });
    expect(find(resources, "immich-proxy-unit").dependencies).to.include("immich-release");
    expect(find(resources, "photos.example.com-vps-record-a").dependencies).to.include.members([
      "immich-proxy-unit",
      "vps-traefik",
    ]);
    expect(find(resources, "photos.example.com-vps-route-file").dependencies).to.include(
      "photos.example.com-vps-record-a",
    );
  });

  it("asks the control plane to remove the namespace, after the release", async () => {
    const { resources } = await run();
    expect(find(resources, "immich-release").dependencies).to.include("immich-namespace");
    const { inputs } = find(resources, "immich-namespace");
    expect(inputs).not.to.have.property("create");
    expect(inputs.delete).to.match(/^sudo -n sh/);
  });

  it("has the record last where the certificate does not need it", async () => {
    const acme = { email: "me@example.com", challenge: "dns-01" as const, dnsApiToken: "t" };
    const { resources } = await run(anApp(), () => [anEdge("vps", { acme })]);
    expect(find(resources, "photos.example.com-vps-route-file").dependencies).to.include("immich-proxy-unit");
    expect(find(resources, "photos.example.com-vps-record-a").dependencies).to.include(
      "photos.example.com-vps-route-file",
    );
  });

  it("has a route and a record at each edge", async () => {
    const { resources } = await run(anApp(), () => [
      anEdge("one"),
      anEdge("two", { publicIp: "192.0.2.9", tailnetIp: "100.64.0.9" }),
    ]);
    expect(find(resources, "photos.example.com-two-record-a").inputs.content).to.equal("192.0.2.9");
    expect(find(resources, "photos.example.com-two-route-file").inputs.triggers).to.include(
      "/etc/traefik/dynamic/photos.example.com.yaml",
    );
    expect(scriptOf(find(resources, "immich-proxy-unit"))).to.contain("{ 100.64.0.1, 100.64.0.9 }");
  });

  it("stays in the tailnet when told so", async () => {
    const { resources, result } = await run(anApp({ internet: false }), () => [anEdge()], {
      zoneId: undefined,
    });
    expect(await valueOf(result.url)).to.equal("http://100.64.0.2:8080");
    expect(resources.filter(({ name }) => /route|record/.test(name))).to.deep.equal([]);
    expect(scriptOf(find(resources, "immich-proxy-unit"))).to.contain("{ 100.64.0.0/10 }");
  });

  it("has a record and a route for each host, named by the host", async () => {
    const hosts = ["photos.example.com", "example.com"];
    const { resources } = await run(anApp({ hosts, cdn: true }));
    for (const host of hosts) {
      const record = find(resources, `${host}-vps-record-a`);
      expect(record.inputs).to.include({ name: host, proxied: true });
      const route = find(resources, `${host}-vps-route-file`);
      expect(scriptOf(route)).to.contain(`Host(\`${host}\`)`);
      expect(route.dependencies).to.include(`${host}-vps-record-a`);
    }
  });

  it("hands the users on as a secret, to the route alone", async () => {
    const users = `me:$2y$05$${"a".repeat(53)}`;
    const { resources } = await run(anApp({ basicAuth: true }), () => [anEdge()], { basicAuthUsers: users });
    const route = find(resources, "photos.example.com-vps-route-file");
    expect(route.inputs.stdin)
      .to.have.property("secret")
      .that.matches(/\}me:\$2y\$05\$a{53}$/);
    expect(scriptOf(route)).to.contain("basicAuth:");
    expect(JSON.stringify(resources).split(users)).to.have.lengthOf(2);

    const open = await run(anApp(), () => [anEdge()], { basicAuthUsers: users });
    expect(JSON.stringify(open.resources)).not.to.contain(users);
    expect(scriptOf(find(open.resources, "photos.example.com-vps-route-file"))).not.to.contain("basicAuth:");
  });

  it("does not run without the users, nor repeat a line that is none", async () => {
    const make = (basicAuthUsers?: string) => () =>
      new HybridApp("immich", {
        spec: anApp({ basicAuth: true }),
        controlPlane: aControlPlane(),
        edges: [anEdge()],
        zoneId: "z1",
        basicAuthUsers,
      });
    expect(await rejection(make(), standIn)).to.contain('HybridApp "immich": basicAuthUsers');
    const message = await rejection(make("me:hunter2"), standIn);
    expect(message).to.contain("line 1").and.not.to.contain("hunter2");
  });

  it("without a proxy is its release alone", async () => {
    const spec = anApp({ internet: false, proxy: false, proxyPort: undefined });
    const { resources, result } = await run(spec, () => [anEdge()]);
    expect(await valueOf(result.url)).to.equal("http://immich-server.immich.svc:80");
    expect(resources.filter(({ parent }) => parent === "immich").map(({ name }) => name)).to.have.members([
      "immich-namespace",
      "immich-release-claim",
      "immich-release",
    ]);
    const make = () =>
      new HybridApp("immich", {
        spec: { ...spec, internet: true },
        controlPlane: aControlPlane(),
        edges: [anEdge()],
      });
    expect(await failure(make)).to.contain('HybridApp "immich": proxy');
  });

  it("uses a Service that is there already", async () => {
    const { resources } = await run(anApp({ release: undefined }));
    expect(resources.filter(({ name }) => /release/.test(name))).to.deep.equal([]);
    expect(scriptOf(find(resources, "immich-proxy-unit"))).to.contain("immich-server.immich.svc");
  });

  it("looks whether the Service is there before it makes or changes the proxy", async () => {
    const api = await startClusterApi({ immich: { "immich-server": [80, 81] } });
    const ask = async (service: AppSpec["service"]) => {
      const args = { spec: anApp({ service }), controlPlane: aControlPlane(), edges: [anEdge()] };
      const { hooks } = await runProgram(
        () => new HybridApp("immich", { ...args, zoneId: "z1", kubeconfig: api.kubeconfig }),
        standIn,
      );
      const ours = hooks.filter(({ name }) => name.includes("immich-proxy-unit"));
      expect(ours.map(({ name }) => name)).to.have.lengthOf(2);
      return Promise.all(ours.map(({ callback }) => callback()));
    };
    const server = { namespace: "immich", name: "immich-server", port: 80 };
    await ask(server);
    expect((await refusal(ask({ ...server, port: 2283 }))).message).to.contain(
      'HybridApp "immich": service: "immich/immich-server" has no port 2283, but 80, 81.',
    );
    expect((await refusal(ask({ ...server, name: "immich" }))).message).to.contain(
      'HybridApp "immich": service: "immich/immich" is no Service of the cluster; that namespace has immich-server.',
    );
    await api.stop();
  });

  it("needs a zone on the internet", async () => {
    const make = () =>
      new HybridApp("immich", { spec: anApp(), controlPlane: aControlPlane(), edges: [anEdge()] });
    expect(await failure(make)).to.contain("zoneId");
  });
});

describe("type tokens", () => {
  it("are the components' names", async () => {
    const { resources } = await runProgram(() => [aControlPlane(), anEdge()]);
    expect(resources.map(({ type }) => type)).to.include.members(
      [ControlPlane, EdgeNode].map(({ name }) => `mynodeone:index:${name}`),
    );
  });
});

describe("topology", () => {
  const at = { user: "deploy", port: 22, hostKey: "ssh-ed25519 AAAA" };
  const settings = {
    platform: {
      domain: "example.com",
      acme: { email: "me@example.com", challenge: "http-01" as const },
      edges: [{ name: "vps", publicIp: "192.0.2.1", device: "vps", ssh: at }],
      controlPlane: { name: "home", device: "home", ssh: at },
      timeZone: "UTC",
    },
    apps: [anApp(), anApp({ name: "vaultwarden", host: "vault.example.com", internet: false })],
  };

  it("lists every hop in order", () => {
    const topology = describeTopology(settings, { edges: { vps: "100.64.0.1" }, controlPlane: "100.64.0.2" });
    expect(topology.version).to.equal(1);
    expect(topology.apps.map(({ hops }) => hops.map(({ kind }) => kind))).to.deep.equal([
      ["dns", "edge", "route", "tailnet", "proxy", "service"],
      ["proxy", "service"],
    ]);
    expect(topology.controlPlane.ssh.host).to.equal("100.64.0.2");
  });

  it("says who can reach an app, by each of its names", () => {
    const addresses = { edges: { vps: "100.64.0.1" }, controlPlane: "100.64.0.2" };
    const apps = [
      anApp({ hosts: ["photos.example.com", "example.com"], cdn: true, allowFrom: ["192.0.2.0/24"] }),
      anApp({ name: "queue", internet: false, proxy: false, proxyPort: undefined }),
    ];
    const [photos, queue] = describeTopology({ ...settings, apps }, addresses).apps;
    expect(photos).to.deep.include({ hosts: apps[0]?.hosts, cdn: true, allowFrom: ["192.0.2.0/24"] });
    expect(photos?.hops.filter(({ kind }) => kind === "dns")).to.deep.equal(
      ["photos.example.com", "example.com"].map((name) => ({
        ...{ kind: "dns", edge: "vps", name, type: "A", address: "192.0.2.1", proxied: true },
      })),
    );
    expect(queue?.url).to.equal("http://immich-server.immich.svc:80");
    expect(queue?.hops.map(({ kind }) => kind)).to.deep.equal(["service"]);
  });
});
