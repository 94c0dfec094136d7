import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as components from "../../../components/index.ts";
import {
  DnsRecord,
  HostCheck,
  HybridApp,
  SocatProxy,
  TailnetPolicy,
  VpsRoute,
} from "../../../components/index.ts";
import type { HybridAppArgs } from "../../../components/index.ts";
import type { AppSpec } from "../../../config/index.ts";
import { rejection } from "../rejection.ts";
import { startClusterApi } from "./cluster/clusterApi.ts";
import type { Registration, StandIn } from "./engine.ts";
import { find, runProgram, scriptOf, valueOf } from "./engine.ts";
import { aControlPlane, anApp, anEdge, ssh, topologyOf } from "./platform.ts";

const parsed = (script: string) => script.replaceAll(/\s+/g, " ");
const names = (resources: Registration[]) => resources.map(({ name, parent }) => `${parent} > ${name}`);

/** The message of the error that a program throws. */
async function failure(program: () => unknown): Promise<string> {
  return (await rejection(runProgram(program))).message;
}

describe("ControlPlane", () => {
  it("keeps the required ports open and gives proxies the address of the cluster's DNS", async () => {
    const { resources } = await runProgram(() => aControlPlane({ ssh: { ...ssh, port: 2222 } }));
    expect(find(resources, "home").type).to.equal("mynodeone:index:ControlPlane");
    expect(names(resources)).to.include.members(["home > home-firewall", "home > home-proxy-tools"]);
    const firewall = scriptOf(find(resources, "home-firewall"));
    for (const rule of ["allow 41641/udp", "route allow from 10.42.0.0/16"]) {
      expect(firewall).to.contain(`'${rule}'`);
    }
    expect(firewall).to.contain("for port in 6443;");
    expect(firewall).to.contain('"allow from 192.168.0.0/16 to any port $port proto tcp"');
    expect(firewall, "besides the port that the session came in by").to.contain("2222 $port_in");
    expect(scriptOf(find(resources, "home-proxy-tools"))).to.contain("nameserver 10.43.0.10");
  });

  it("stores the private key only in the connection", async () => {
    const { resources } = await runProgram(() => aControlPlane());
    const withKey = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("the private key"));
    expect(withKey).not.to.be.empty;
    for (const { name, inputs } of withKey) {
      const others = JSON.stringify({ ...inputs, connection: undefined });
      expect(others, name).not.to.contain("the private key");
    }
  });
});

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
      /EdgeNode "vps": acme\.challenge is "dns-01": give acme\.dnsApiToken/,
    );
  });
});

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

  it("has an https URL where the Service speaks HTTPS", async () => {
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

  it("may connect to the nodes' addresses only with hostNetwork, and nobody else is let in for them", async () => {
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
    // A warning to be printed may name them.
    const effective = lines.filter((line) => !line.includes("|| warn "));
    const naming = effective.filter((line) => nodeAddresses.some((address) => line.includes(address)));
    expect(naming).to.deep.equal([
      `IPAddressAllow=10.43.0.10 10.42.0.0/16 10.43.0.0/16 ${nodeAddresses.join(" ")}`,
    ]);
    expect((await script()).join("\n")).not.to.contain("10.77.0.1");
  });

  it("refuses hostNetwork where the nodes' addresses are not known", async () => {
    const make = () =>
      new SocatProxy("grafana", {
        controlPlane: aControlPlane(),
        ...{ service, port: 8095, allow: ["100.64.0.9"], hostNetwork: true },
      });
    expect(await unhandledFailure(make)).to.contain('SocatProxy "grafana": hostNetwork is true: give');
  });

  it("looks the Service up below the cluster's own domain, which may have one label", async () => {
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

/** The messages of errors that occur once Outputs have their values: these end a program as unhandled rejections. */
async function unhandledFailure(program: () => unknown, standIn?: StandIn): Promise<string> {
  const messages: string[] = [];
  const note = (reason: unknown) => messages.push(reason instanceof Error ? reason.message : String(reason));
  const earlier = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", note);
  try {
    await runProgram(program, standIn).catch(note);
    // Node reports an unhandled rejection only after all pending microtasks.
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of earlier) process.on("unhandledRejection", listener);
  }
  return messages.join("\n");
}

describe("VpsRoute", () => {
  it("writes one file on its edge", async () => {
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
  it("creates an A record that Cloudflare does not proxy", async () => {
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

  it("creates every hop as a child of the app", async () => {
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

  it("creates the release, the proxy, the record and the route in this order", async () => {
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

  it("removes the namespace on the control plane after the release", async () => {
    const { resources } = await run();
    expect(find(resources, "immich-release").dependencies).to.include("immich-namespace");
    const { inputs } = find(resources, "immich-namespace");
    expect(inputs).not.to.have.property("create");
    expect(inputs.delete).to.match(/^sudo -n sh/);
  });

  it("creates the record after the route with dns-01", async () => {
    const acme = { email: "me@example.com", challenge: "dns-01" as const, dnsApiToken: "t" };
    const { resources } = await run(anApp(), () => [anEdge("vps", { acme })]);
    expect(find(resources, "photos.example.com-vps-route-file").dependencies).to.include("immich-proxy-unit");
    expect(find(resources, "photos.example.com-vps-record-a").dependencies).to.include(
      "photos.example.com-vps-route-file",
    );
  });

  it("creates a route and a record for each edge", async () => {
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

  it("creates no route and no record if it is not on the internet", async () => {
    const { resources, result } = await run(anApp({ internet: false }), () => [anEdge()], {
      zoneId: undefined,
    });
    expect(await valueOf(result.url)).to.equal("http://100.64.0.2:8080");
    expect(resources.filter(({ name }) => /route|record/.test(name))).to.deep.equal([]);
    expect(scriptOf(find(resources, "immich-proxy-unit"))).to.contain("{ 100.64.0.0/10 }");
  });

  it("creates a record for each host, and one route for all, named after the first", async () => {
    const hosts = ["photos.example.com", "example.com"];
    const { resources } = await run(anApp({ hosts, cdn: true }));
    for (const host of hosts) {
      const record = find(resources, `${host}-vps-record-a`);
      expect(record.inputs).to.include({ name: host, proxied: true });
      expect(find(resources, "photos.example.com-vps-route-file").dependencies).to.include(record.name);
    }
    const routes = resources.filter(({ name }) => name.endsWith("-route-file"));
    expect(routes.map(({ name }) => name)).to.deep.equal(["photos.example.com-vps-route-file"]);
    expect(scriptOf(find(resources, "photos.example.com-vps-route-file"))).to.contain(
      "Host(`photos.example.com`) || Host(`example.com`)",
    );
  });

  it("passes the basic-auth users as a secret, to the route only", async () => {
    const users = `me:$2y$10$${"a".repeat(53)}`;
    const { resources } = await run(anApp({ basicAuth: true }), () => [anEdge()], { basicAuthUsers: users });
    const route = find(resources, "photos.example.com-vps-route-file");
    expect(route.inputs.stdin)
      .to.have.property("secret")
      .that.matches(/\}me:\$2y\$10\$a{53}$/);
    expect(scriptOf(route)).to.contain("basicAuth:");
    expect(JSON.stringify(resources).split(users)).to.have.lengthOf(2);

    const open = await run(anApp(), () => [anEdge()], { basicAuthUsers: users });
    expect(JSON.stringify(open.resources)).not.to.contain(users);
    expect(scriptOf(find(open.resources, "photos.example.com-vps-route-file"))).not.to.contain("basicAuth:");
  });

  it("requires basic-auth users, and does not repeat an invalid line in the error", async () => {
    const make = (basicAuthUsers?: string) => () =>
      new HybridApp("immich", {
        spec: anApp({ basicAuth: true }),
        controlPlane: aControlPlane(),
        edges: [anEdge()],
        zoneId: "z1",
        basicAuthUsers,
      });
    expect(await unhandledFailure(make(), standIn)).to.contain('HybridApp "immich": basicAuthUsers');
    const message = await unhandledFailure(make("me:hunter2"), standIn);
    expect(message).to.contain("line 1").and.not.to.contain("hunter2");
  });

  it("creates only the release if it has no proxy", async () => {
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

  it("lets its proxy connect to the nodes if its pods are on their network", async () => {
    const nodes = async (hostNetwork: boolean) => {
      const { resources } = await runProgram(() => {
        const controlPlane = aControlPlane({ nodeAddresses: ["10.77.0.10"] });
        const args = { controlPlane, edges: [anEdge()], zoneId: "z1" };
        return new HybridApp("immich", { spec: anApp({ hostNetwork }), ...args });
      }, standIn);
      return /^IPAddressAllow=.*/m.exec(scriptOf(find(resources, "immich-proxy-unit")))?.[0];
    };
    expect(await nodes(true)).to.match(/ 10\.77\.0\.10$/);
    expect(await nodes(false)).not.to.contain("10.77.0.10");
  });

  it("uses an existing Service if it has no chart", async () => {
    const { resources } = await run(anApp({ release: undefined }));
    expect(resources.filter(({ name }) => /release/.test(name))).to.deep.equal([]);
    expect(scriptOf(find(resources, "immich-proxy-unit"))).to.contain("immich-server.immich.svc");
  });

  it("checks that the Service exists before it creates or updates the proxy", async () => {
    const api = await startClusterApi({ services: { immich: { "immich-server": [80, 81] } } });
    const ask = async (service: AppSpec["service"]) => {
      const args = { spec: anApp({ service }), controlPlane: aControlPlane(), edges: [anEdge()] };
      const { hooks } = await runProgram(
        () => new HybridApp("immich", { ...args, zoneId: "z1", kubeconfig: api.kubeconfig }),
        standIn,
      );
      const ours = hooks.filter(({ name }) => name.includes("immich-proxy-unit"));
      expect(ours.map(({ name }) => name.split("_").at(-2))).to.deep.equal(["beforeCreate", "beforeUpdate"]);
      return Promise.all(ours.map(({ callback }) => callback().then(() => "found", messageOf)));
    };
    const messageOf = (error: unknown) => (error as Error).message;
    const server = { ...anApp().service, port: 80 };
    const [noPort, noService] = [
      'HybridApp "immich": service: "immich/immich-server" has no port 2283, but 80, 81.',
      'HybridApp "immich": service: "immich/immich" is no Service of the cluster; that namespace has immich-server.',
    ];
    try {
      expect(await ask(server)).to.deep.equal(["found", "found"]);
      for (const message of await ask({ ...server, port: 2283 })) expect(message).to.contain(noPort);
      for (const message of await ask({ ...server, name: "immich" })) expect(message).to.contain(noService);
    } finally {
      await api.stop();
    }
  });

  it("requires a zone if it is on the internet", async () => {
    const make = () =>
      new HybridApp("immich", { spec: anApp(), controlPlane: aControlPlane(), edges: [anEdge()] });
    expect(await failure(make)).to.contain("zoneId");
  });
});

describe("component type tokens", () => {
  it("are the names of the components", async () => {
    const service = { namespace: "immich", name: "immich-server", port: 80 };
    const [hosts, address] = [["a.example.com"], "192.0.2.1"];
    const all: Record<string, () => pulumi.Resource> = {
      ControlPlane: () => aControlPlane(),
      DnsRecord: () => new DnsRecord("a", { zoneId: "z1", name: "a.example.com", address }),
      EdgeNode: () => anEdge(),
      HostCheck: () => new HostCheck("a", { role: "EdgeNode", ssh }),
      HybridApp: () =>
        new HybridApp("a", {
          spec: anApp({ internet: false }),
          controlPlane: aControlPlane(),
          edges: [],
        }),
      SocatProxy: () =>
        new SocatProxy("a", { controlPlane: aControlPlane(), service, port: 8095, allow: [address] }),
      TailnetPolicy: () => new TailnetPolicy("a", { text: "{}", overwrite: false }),
      VpsRoute: () => new VpsRoute("a", { edge: anEdge(), hosts, backend: "http://100.64.0.2:8095" }),
    };
    const classes = Object.values(components).filter(
      (one) => one.prototype instanceof pulumi.ComponentResource,
    );
    expect(classes.map(({ name }) => name)).to.have.members(Object.keys(all));
    for (const [name, make] of Object.entries(all)) {
      const { result } = await runProgram(make);
      expect(await valueOf(result.urn), name).to.contain(`mynodeone:index:${name}::`);
    }
  });
});

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

  it("has the scheme that the Service speaks in the backend, and in the URL of an app in the tailnet", () => {
    const service = { namespace: "dashboard", name: "kong", port: 443, scheme: "https" as const };
    const inTailnet = { internet: false, service };
    const [open, inside, alone] = topologyOf(
      anApp({ service }),
      anApp({ ...inTailnet, name: "inside", proxyPort: 8081 }),
      anApp({ ...inTailnet, name: "alone", proxy: false, proxyPort: undefined }),
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
      anApp({ name: "queue", internet: false, proxy: false, proxyPort: undefined }),
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
