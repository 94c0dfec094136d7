import { expect } from "chai";
import { signature } from "../../../components/host/signature.ts";
import { runStack } from "../../../lab/operator.ts";
import { authority } from "../../../lab/pki.ts";
import { inCluster } from "../../../lab/cluster/index.ts";
import { ssh, type HostName } from "../../../lab/run.ts";
import { declaredApps } from "../../../lab/stackConfig.ts";
import { ask, askUntil, curlExit, refusal, untilUnknown } from "../outside.ts";
import { countSshDials } from "../dials.ts";
import { standingStack } from "../standingStack.ts";
import { standInApp } from "../apps.ts";
import { expectUnits } from "../units.ts";

const photos = "https://photos.lab.test";
const vault = "https://vault.lab.test";

describe("the lab's stack", () => {
  before("bring up an empty stack", async () => {
    await runStack({ operation: "destroy" });
    await untilUnknown(photos);
    await standingStack();
  });

  describe("after its first up", () => {
    it("answers a client with 200 and a certificate that chains to the CA's root", async () => {
      const answer = await askUntil(`${photos}/get`, 200);
      expect(JSON.parse(answer.body)).to.have.property("url", `${photos}/get`);
      await askUntil(`${vault}/get`, 200);
    });

    it("is refused by a client that trusts another CA", async () => {
      expect(await refusal(photos, { trusting: authority.certificate })).to.equal(curlExit.untrusted);
    });

    it("answers 502 for an app while its port is closed, and 200 once it runs again", async () => {
      await ssh("home", "sudo systemctl stop immich-proxy.socket");
      await askUntil(`${photos}/get`, 502);
      expect((await ask(`${vault}/get`)).status).to.equal(200);
      await ssh("home", "sudo systemctl start immich-proxy");
      await askUntil(`${photos}/get`, 200);
    });

    it("has units that systemd-analyze security rates below 1.5", async () => {
      const exposure = async (host: HostName, unit: string) => {
        const report = await ssh(host, `systemd-analyze security --no-pager ${unit} | tail -n 1`);
        return Number(/: ([\d.]+)/.exec(report)?.[1]);
      };
      for (const [host, wanted] of [
        ["home", "immich-proxy.service"],
        ["vps", "traefik.service"],
      ] as const) {
        const ours = await ssh(host, `cd /etc/systemd/system && grep -l '${signature}' *.service`);
        expect(ours.split("\n")).to.include(wanted);
        for (const unit of ours.split("\n")) expect(await exposure(host, unit), unit).to.be.below(1.5);
        const other = "tailscaled.service";
        expect(await exposure(host, other), `${other}, which has no sandbox`).to.be.above(2);
      }
    });

    it("has no unit that systemd had to restart", async () => {
      await expectUnits("home");
      await expectUnits("vps");
    });

    it("lists each app once in the home's env files", async () => {
      const ports = await ssh("home", "sort ~/.mynodeone/proxy-ports.env");
      expect(ports).to.equal("IMMICH_PROXY_PORT=8080\nVAULTWARDEN_PROXY_PORT=8082");
      const urls = await ssh("home", "sort ~/.mynodeone/proxy-urls.env");
      expect(urls).to.equal(`IMMICH_URL=${photos}\nVAULTWARDEN_URL=${vault}`);
    });
  });

  describe("in a second up", () => {
    it("stays unchanged, and opens no SSH connection", async () => {
      let changes = {};
      const dials = await countSshDials(async () => {
        ({ changes } = await runStack({ operation: "up" }));
      });
      expect(changes).to.have.all.keys("same");
      expect(dials).to.equal(0);
    });
  });

  describe("with one more app", () => {
    const page = "https://page.lab.test";
    const withPage = {
      ...declaredApps(),
      page: standInApp("page", 8090),
    };

    it("serves the app after one up, and leaves nothing of it after its removal", async () => {
      await untilUnknown(page);

      const dials = await countSshDials(async () => {
        const { changes } = await runStack({ operation: "up", apps: withPage });
        expect(changes).to.have.all.keys("same", "create", "update");
        expect(changes.update, "the checks of both hosts").to.equal(2);
      });
      expect(dials, "the count sees a connection where there is one").to.be.above(0);
      await askUntil(`${page}/get`, 200);

      const { changes } = await runStack({ operation: "up" });
      expect(changes).to.include.keys("delete").and.not.have.any.keys("create", "replace");
      expect(changes.update, "the checks of both hosts").to.equal(2);
      expect((await ask(`${photos}/get`)).status).to.equal(200);
      await ssh(
        "home",
        "! systemctl cat page-proxy.socket page-proxy.service 2>/dev/null && ! grep -r PAGE ~/.mynodeone",
      );
      await ssh("vps", "! test -e /etc/traefik/dynamic/page.lab.test.yaml");
    });
  });

  describe("with a Service that already runs in the cluster", () => {
    const notes = "https://notes.lab.test";
    const service = { namespace: "notes", name: "notes", port: 3000 };

    before(() => inCluster(["apply", "-f", "-"], existingService(service)));
    after(() => inCluster(["delete", "namespace", service.namespace]));

    it("serves it through proxy, route and record, whose removal keeps the Service", async () => {
      const apps = { ...declaredApps(), notes: { internet: true, proxyPort: 8091, service } };
      await runStack({ operation: "up", apps });
      await askUntil(`${notes}/get`, 200);

      await runStack({ operation: "up" });
      await ssh("home", "! systemctl is-active notes-proxy.socket notes-proxy.service");
      expect(await inCluster(["get", "service", "-n", "notes", "notes", "-o", "name"])).to.equal(
        "service/notes",
      );
    });
  });
});

function existingService({
  namespace,
  name,
  port,
}: {
  namespace: string;
  name: string;
  port: number;
}): string {
  const labels = { app: name };
  const container = { name, image: "lab.test/go-httpbin:lab", imagePullPolicy: "Never" };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name, namespace },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      },
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace },
        spec: { selector: labels, ports: [{ port, targetPort: 8080 }] },
      },
    ],
  });
}
