import { expect } from "chai";
import { inCluster, kubeconfig } from "../../../lab/cluster/index.ts";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { ssh } from "../../../lab/run.ts";
import type { StackRequest } from "../../../lab/stack.ts";
import { declaredApps, labConfig, type AppOptions } from "../../../lab/stackConfig.ts";
import { domain, hosts, kubernetes } from "../../../lab/topology.ts";
import { errorsOf, takeFullSnapshot } from "../refusal.ts";
import { standingStack } from "../standingStack.ts";
import { immichService, standInChart } from "../apps.ts";

const service = { namespace: "page", name: "page" };
const proxyPort = 8097;

describe("a run is refused with one message, and changes nothing, because of", function () {
  before(standingStack);

  it("a Service without the port", async () => {
    const wrong = { ...immichService, port: 2283 };
    await expectNothing({ proxyPort, service: wrong }, [
      'mynodeone:apps.page.service: "immich/immich-server" has no port 2283 (available: 80).',
      "Set service.port to one of them.",
    ]);
  });

  it("a Service that no proxy can reach", async () => {
    const headless = { clusterIP: "None", ports: [{ port: 80, targetPort: 8080 }] };
    await withService(headless, async (service) => {
      await expectNothing({ proxyPort, service }, [
        'mynodeone:apps.page.service: "immich/odd" is headless',
        "Set service.port to their port, 8080",
      ]);
    });
  });

  it("networks that are not the cluster's", async () => {
    const config = {
      ...withPage({ proxyPort, service: immichService }),
      "mynodeone:clusterCidrs": ["10.42.0.0/16"],
    };
    const { errors } = await errorsOf({ operation: "preview", config });
    expect(errors).to.have.lengthOf(1);
    expect(errors[0]).to.contain(
      `mynodeone:clusterCidrs: the cluster has addresses outside of 10.42.0.0/16: its DNS at ${kubernetes.clusterDns}`,
    );
  });

  it("a proxy port that the cluster redirects", async () => {
    const external = { ports: [{ port: proxyPort }], externalIPs: [hosts.home.address] };
    await withService(external, () =>
      expectNothing({ proxyPort, service: immichService }, [
        `mynodeone:apps.page.proxyPort: the cluster forwards port ${proxyPort} to Service immich/odd`,
        "Choose another proxyPort",
      ]),
    );
  });

  it("an API server that does not answer", async () => {
    // Refused at once, since no program listens there.
    const elsewhere = kubeconfig().replace(kubernetes.apiServer, `https://${hosts.laptop.address}:6443`);
    await expectNothing(
      { proxyPort, service: immichService },
      ["mynodeone:kubeconfig points to an API server that does not answer", "ECONNREFUSED"],
      { "mynodeone:kubeconfig": elsewhere },
    );
  });

  it("a kubeconfig that the cluster does not accept", async () => {
    const certificate = /client-certificate-data: .*\n\s*client-key-data: .*/;
    await expectNothing(
      { proxyPort, service: immichService },
      ["mynodeone:kubeconfig is not allowed to read the cluster (401)", "Grant its user"],
      { "mynodeone:kubeconfig": kubeconfig().replace(certificate, "token: nobody") },
    );
  });

  it("a chart repository that cannot be found", async () => {
    const chart = { name: "page", repository: `https://charts.${domain}`, version: "1.0.0" };
    await expectNothing({ proxyPort, service, chart }, [
      "page-release",
      "property chart value",
      `charts.${domain}`,
      "check the chart name and repository configuration",
    ]);
  });

  it("a chart that cannot be found", async () => {
    await expectNothing({ proxyPort, service, chart: { name: "./lab/charts/absent" } }, [
      "page-release",
      "property chart value",
      "lab/charts/absent",
      "check the chart name and repository configuration",
    ]);
  });
});

describe("a run fails with one message, and the next run completes it, after", () => {
  before(standingStack);

  afterEach("complete the app with another run", async () => {
    await runStack({ operation: "up", config: withPage({ proxyPort, service, chart: standInChart }) });
    const replicas = [
      "get",
      "deployment",
      "-n",
      "page",
      "page",
      "-o",
      "jsonpath={.status.availableReplicas}",
    ];
    await poll(async () => expect(await inCluster(replicas)).to.equal("1"), {
      what: "the Deployment to count its pod",
      timeout: 30_000,
    });
    expect(await stateOfUnit()).to.equal("active");
  });

  it("a chart that never becomes ready", async () => {
    const values = { standIn: { image: "lab.test/absent:lab" } };
    const page = { proxyPort, service, chart: { ...standInChart, timeout: 5 }, values };
    const output = await expectOneError(page, [
      'Helm release "page/page" was created, but failed to initialize completely',
      "allocated timeout",
    ]);
    expect(output).to.contain('HybridApp "page": chart.timeout is 5: the app was not ready');
    expect(output).to.contain("kubectl -n page get pods");
    const pods = await inCluster(["get", "pods", "-n", "page", "-o", "name"]);
    expect(pods, "for whoever looks for the reason").to.contain("pod/page");
    expect(await stateOfUnit()).to.equal("inactive");
  });

  it("a chart that creates another Service", async () => {
    await expectOneError({ proxyPort, service: { ...service, name: "other" }, chart: standInChart }, [
      'HybridApp "page": service: Service "page/other" not found. Services in that namespace: page.',
    ]);
    await expectOneError({ proxyPort, service: { ...service, port: 8080 }, chart: standInChart }, [
      'HybridApp "page": service: "page/page" has no port 8080 (available: 80).',
    ]);
    // Even if there was a unit before.
    expect(await unitText()).not.to.match(/other|8080/);
  });
});

/** Runs `body` while the cluster has one more Service. */
async function withService(
  spec: object,
  body: (service: { namespace: string; name: string }) => Promise<void>,
): Promise<void> {
  const service = { namespace: "immich", name: "odd" };
  const object = { apiVersion: "v1", kind: "Service", metadata: service, spec };
  await inCluster(["create", "-f", "-"], JSON.stringify(object));
  try {
    await body(service);
  } finally {
    await inCluster(["delete", "service", "-n", service.namespace, service.name]);
  }
}

/** Expects it in the preview and in an `up`. */
async function expectNothing(
  page: AppOptions,
  message: string[],
  secrets: Record<string, string> = {},
): Promise<void> {
  const before = await takeFullSnapshot();
  await expectOneError(page, message, { operation: "preview", secrets });
  await expectOneError(page, message, { operation: "up", secrets });
  expect(await takeFullSnapshot()).to.deep.equal(before);
}

/** @returns all messages */
async function expectOneError(
  page: AppOptions,
  message: string[],
  request: StackRequest = { operation: "up" },
): Promise<string> {
  const { errors, output } = await errorsOf({ ...request, config: withPage(page) });
  expect(errors, errors.join("\n\n")).to.have.lengthOf(1);
  for (const text of message) expect(errors[0]).to.contain(text);
  return output;
}

function stateOfUnit(): Promise<string> {
  return ssh("home", "systemctl is-active page-proxy", { reject: false });
}

function unitText(): Promise<string> {
  return ssh("home", "systemctl cat page-proxy", { reject: false });
}

function withPage(page: AppOptions) {
  const config = labConfig();
  config["mynodeone:apps"] = { ...declaredApps(), page };
  return config;
}
