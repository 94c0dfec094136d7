import { expect } from "chai";
import { inCluster } from "../../../lab/cluster/index.ts";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { runInNetwork, ssh } from "../../../lab/run.ts";
import { declaredApps, labConfig, type AppOptions } from "../../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../../lab/tailnet.ts";
import { domain } from "../../../lab/topology.ts";
import { immichService } from "../apps.ts";
import { ask, askUntil } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const secured = { namespace: "secured", name: "secured", port: 8443 };
/** The API server's public answer. */
const page = `https://secured.${domain}/version`;
const otherDomain = "k8s.nest.lan";

/** The messages of an `up` with this app besides the declared ones. */
async function outputOf(app: AppOptions, options: Record<string, unknown> = {}): Promise<string> {
  let output = "";
  const config = { ...labConfig(), ...options };
  const apps = { ...declaredApps(), secured: { proxyPort: 8091, ...app } };
  await runStack(
    { operation: "up", config: { ...config, "mynodeone:apps": apps } },
    (text) => (output += text),
  );
  // The engine wraps no lines, but shows a warning once during the run and once at the end.
  return output;
}

/** Requested from a device of the tailnet that is not an edge. */
async function statusInTailnet(): Promise<string> {
  const { ipv4 } = await tailnetAddresses("home");
  const ask = ["--silent", "--max-time", "10", "--output", "/dev/null", "--write-out", "%{http_code}"];
  return runInNetwork("phone", ["curl", ...ask, `http://${ipv4}:8091/get`], { reject: false });
}

describe("a Service", () => {
  before(async () => {
    await standingStack();
    await apply(...service, endpoint);
  });

  after(async () => {
    await standingStack();
    await inCluster(["delete", "namespace", "secured"]);
  });

  it("that speaks HTTPS is named in a warning while its scheme is http", async () => {
    const output = await outputOf({ internet: true, service: secured });
    expect(output).to.contain(
      'SocatProxy "secured": the Service secured/secured speaks HTTPS on port 8443: set service.scheme to https.',
    );
    expect((await askUntil(page, 400)).body).to.contain("HTTP request to an HTTPS server");
  });

  it("that speaks HTTPS is served with service.scheme https, whatever its certificate", async () => {
    const output = await outputOf({ internet: true, service: { ...secured, scheme: "https" } });
    expect(output).not.to.match(/warning:.*secured/);
    const { body } = await askUntil(page, 200);
    expect(JSON.parse(body)).to.have.property("gitVersion");
    expect((await ask("https://photos.lab.test/get")).status, "an app beside it").to.equal(200);
  });

  it("that speaks plain HTTP is named in a warning while its scheme is https", async () => {
    const output = await outputOf({ service: { ...immichService, scheme: "https" } });
    expect(output).to.contain(
      'SocatProxy "secured": the Service immich/immich-server speaks plain HTTP on port 80: set service.scheme to http.',
    );
  });

  it("whose pods do not answer is distinguished from a name that does not resolve", async () => {
    await inCluster(["delete", "endpointslice", "-n", namespace, name]);
    try {
      const output = await outputOf({ service: { ...secured, scheme: "https" } });
      expect(output).to.contain("secured.secured.svc.cluster.local:8443 does not answer yet");
      expect(output).not.to.match(/clusterDomain|clusterDns/);
    } finally {
      await apply(endpoint);
    }
  });

  it("whose pods are on their nodes' network is named with hostNetwork", async () => {
    // Like IPAddressDeny, but for every user except root, since a unit's own limit needs cgroup v2.
    await ssh("home", "sudo nft add table ip root_only");
    await ssh("home", "sudo nft 'add chain ip root_only out { type filter hook output priority -150; }'");
    await ssh("home", "sudo nft add rule ip root_only out meta skuid != 0 tcp dport 8443 drop");
    try {
      const output = await outputOf({ proxyPort: 8092, service: { ...secured, scheme: "https" } });
      expect(output).to.contain(
        "The host reaches the Service secured/secured, but the proxy's unit does not",
      );
      expect(output).to.contain("set hostNetwork to true.");
    } finally {
      await ssh("home", "sudo nft delete table ip root_only");
    }
  });

  it("of a cluster with another domain is named with clusterDomain, and served once that is set", async () => {
    const corefile = ["get", "configmap", "-n", "kube-system", "coredns", "-o", "json"];
    const before = await inCluster(corefile);
    await changeCorefile(before.replaceAll("cluster.local", otherDomain));
    try {
      const output = await outputOf({ service: immichService });
      expect(output).to.contain("immich-server.immich.svc.cluster.local:80 does not answer yet");
      expect(output).to.contain('does not know this name: clusterDomain is "cluster.local"');
      expect(await statusInTailnet()).to.equal("000");

      const after = await outputOf({ service: immichService }, { "mynodeone:clusterDomain": otherDomain });
      expect(after).not.to.contain("does not answer yet");
      expect(await statusInTailnet()).to.equal("200");
      expect((await askUntil("https://photos.lab.test/get", 200)).status).to.equal(200);
    } finally {
      await changeCorefile(before);
    }
  });

  it("is distinguished from a cluster's DNS that cannot be reached", async () => {
    const output = await outputOf({ service: immichService }, { "mynodeone:clusterDns": "10.43.0.99" });
    expect(output).to.contain("The cluster's DNS cannot be reached: clusterDns is 10.43.0.99");
  });
});

async function changeCorefile(configMap: string): Promise<void> {
  const { kind, apiVersion, metadata, data } = JSON.parse(configMap) as {
    kind: string;
    apiVersion: string;
    metadata: { name: string; namespace: string };
    data: object;
  };
  const { name, namespace } = metadata;
  await apply({ kind, apiVersion, metadata: { name, namespace }, data });
  await inCluster(["rollout", "restart", "-n", namespace, "deployment/coredns"]);
  await poll(() => inCluster(["rollout", "status", "-n", namespace, "deployment/coredns", "--timeout=5s"]), {
    what: "CoreDNS to have taken up its configuration",
    timeout: 120_000,
  });
}

/**
 * The cluster's API server, which speaks only HTTPS with a certificate of the cluster's own CA, at an address of the
 * pod network: the pods' gateway is the home itself.
 */
const { name, namespace, port } = secured;
const metadata = { name, namespace };
const service = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
  { apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ name: "https", port }] } },
];
const endpoint = {
  ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" },
  metadata: { ...metadata, labels: { "kubernetes.io/service-name": name } },
  ports: [{ name: "https", port: 6443 }],
  endpoints: [{ addresses: ["10.42.0.1"], conditions: { ready: true } }],
};

function apply(...items: object[]): Promise<string> {
  return inCluster(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}
