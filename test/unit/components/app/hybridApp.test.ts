import { expect } from "chai";
import type { HybridAppArgs } from "../../../../components/index.ts";
import { kubeconfigOf } from "../../kubeconfig.ts";
import { HybridApp } from "../../../../components/index.ts";
import { connectCluster } from "../../../../components/cluster/provider.ts";
import { startClusterApi } from "../cluster/clusterApi.ts";
import { find, runProgram, scriptOf, valueOf } from "../engine.ts";
import { failure, unhandledFailure } from "../failure.ts";
import { aControlPlane, anApp, anEdge } from "../platform.ts";
import { outsideTheRun } from "../state/state.ts";

describe("HybridApp", () => {
  const standIn = {
    state: {
      "kubernetes:core/v1:Service": () => ({ spec: { clusterIP: "10.43.7.7", ports: [{ port: 80 }] } }),
      "kubernetes:helm.sh/v3:Release": () => ({ status: { namespace: "immich", name: "immich" } }),
    },
  };
  const run = (spec = anApp(), edges = () => [anEdge()], more: Partial<HybridAppArgs> = {}) =>
    runProgram(
      () => new HybridApp(spec.name, { ...spec, controlPlane: aControlPlane(), edges: edges(), ...more }),
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
    const { resources, result } = await run(anApp({ internet: false, zoneId: undefined }));
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
    const { resources } = await run(anApp({ basicAuthUsers: users }));
    const route = find(resources, "photos.example.com-vps-route-file");
    expect(route.inputs.stdin)
      .to.have.property("secret")
      .that.matches(/\}me:\$2y\$10\$a{53}$/);
    expect(scriptOf(route)).to.contain("basicAuth:");
    expect(JSON.stringify(resources).split(users)).to.have.lengthOf(2);

    const open = await run();
    expect(scriptOf(find(open.resources, "photos.example.com-vps-route-file"))).not.to.contain("basicAuth:");
  });

  it("does not repeat an invalid line of the basic-auth users in the error", async () => {
    const make = () =>
      new HybridApp("immich", {
        ...anApp({ basicAuthUsers: "me:hunter2" }),
        controlPlane: aControlPlane(),
        edges: [anEdge()],
      });
    const message = await unhandledFailure(make, standIn);
    expect(message).to.contain("line 1").and.not.to.contain("hunter2");
  });

  it("creates only the release if it has no proxy", async () => {
    const spec = anApp({ internet: false, proxyPort: undefined });
    const { resources, result } = await run(spec);
    expect(await valueOf(result.url)).to.equal("http://immich-server.immich.svc:80");
    expect(resources.filter(({ parent }) => parent === "immich").map(({ name }) => name)).to.have.members([
      "immich-namespace",
      "immich-release-claim",
      "immich-release",
    ]);
    const make = () =>
      new HybridApp("immich", {
        ...spec,
        internet: true,
        controlPlane: aControlPlane(),
        edges: [anEdge()],
      });
    expect(await failure(make)).to.contain('HybridApp "immich": proxyPort');
  });

  it("lets its proxy connect to the nodes if its pods are on their network", async () => {
    const nodes = async (hostNetwork: boolean) => {
      const { resources } = await runProgram(() => {
        const controlPlane = aControlPlane({ nodeAddresses: ["10.77.0.10"] });
        return new HybridApp("immich", { ...anApp({ hostNetwork }), controlPlane, edges: [anEdge()] });
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
    const ask = async (service: HybridAppArgs["service"], kubeconfig = api.kubeconfig) => {
      const args = { ...anApp({ service }), controlPlane: aControlPlane(), edges: [anEdge()] };
      const { hooks } = await runProgram(
        async () => new HybridApp("immich", { ...args, cluster: await connectCluster(kubeconfig) }),
        standIn,
      );
      const ours = hooks.filter(({ name }) => name.includes("immich-proxy-unit"));
      expect(ours.map(({ name }) => name.split("_").at(-2))).to.deep.equal(["beforeCreate", "beforeUpdate"]);
      return Promise.all(ours.map(({ callback }) => outsideTheRun(callback).then(() => "found", messageOf)));
    };
    const messageOf = (error: unknown) => (error as Error).message;
    const server = { ...anApp().service, port: 80 };
    const [noPort, noService] = [
      'HybridApp "immich": service: "immich/immich-server" has no port 2283 (available: 80, 81).',
      'HybridApp "immich": service: Service "immich/immich" not found. Services in that namespace: immich-server.',
    ];
    try {
      expect(await ask(server)).to.deep.equal(["found", "found"]);
      for (const message of await ask({ ...server, port: 2283 })) expect(message).to.contain(noPort);
      for (const message of await ask({ ...server, name: "immich" })) expect(message).to.contain(noService);
      for (const message of await ask(server, kubeconfigOf("http://127.0.0.1:2")))
        expect(message).to.match(
          /^HybridApp "immich": cluster\.kubeconfig points to an API server that does not/,
        );
    } finally {
      await api.stop();
    }
  });

  it("requires a zone if it is on the internet", async () => {
    const make = () =>
      new HybridApp("immich", {
        ...anApp({ zoneId: undefined }),
        controlPlane: aControlPlane(),
        edges: [anEdge()],
      });
    expect(await failure(make)).to.contain("zoneId");
  });
});
