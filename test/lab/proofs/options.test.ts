import { expect } from "chai";
import { inCluster } from "../../../lab/cluster/index.ts";
import { runStack } from "../../../lab/operator.ts";
import { ssh } from "../../../lab/run.ts";
import type { AppOptions } from "../../../lab/stackConfig.ts";
import { domain } from "../../../lab/topology.ts";
import { publishedApps, standInChart, users } from "../apps.ts";
import { ask, askUntil, printed, untilUnknown } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const options: Record<string, AppOptions> = {
  names: { subdomain: ["one", "two", "@"], proxyPort: 8090 },
  pressed: {
    middlewares: [{ compress: {} }, { headers: { customResponseHeaders: { "X-Mark": '{{ env "PATH" }}' } } }],
    proxyPort: 8091,
  },
  locked: { basicAuth: true, proxyPort: 8092 },
  queue: {
    internet: false,
    proxy: false,
    chart: standInChart,
    service: { namespace: "queue", name: "queue" },
  },
};

function up(apps: Record<string, AppOptions>) {
  return runStack({
    operation: "up",
    apps: publishedApps(apps),
    secrets: { "mynodeone:basicAuthUsers": users.ann.line },
  });
}

describe("an app", () => {
  before("bring up an app for each option", async () => {
    await standingStack();
    await up(options);
  });

  after(async () => {
    await standingStack();
    await inCluster(["delete", "namespace", "queue", "--ignore-not-found"]);
  });

  it("with several subdomains, including the domain itself, answers at each with a valid certificate", async () => {
    for (const host of [`one.${domain}`, `two.${domain}`, domain]) {
      const { body } = await askUntil(`https://${host}/get`, 200);
      expect(JSON.parse(body)).to.have.property("url", `https://${host}/get`);
    }
  });

  it("with middlewares applies them, and their text is data to Traefik's templates", async () => {
    // Answers shorter than a kilobyte are not compressed; this one repeats its request.
    const long = ["--header", `X-Long: ${"long ".repeat(300)}`, "--header", "Accept-Encoding: gzip"];
    const answer = (host: string) =>
      printed("%header{content-encoding}|%header{x-mark}", `https://${host}.${domain}/get`, ...long);
    await askUntil(`https://pressed.${domain}/get`, 200);
    expect(await answer("pressed")).to.equal('gzip|{{ env "PATH" }}');
    expect(await answer("one"), "an app without them").to.equal("|");
  });

  it("with proxy: false has a release, but neither a unit nor variables", async () => {
    const release = ["get", "service", "--namespace", "queue", "queue", "--output", "name"];
    expect(await inCluster(release)).to.equal("service/queue");
    await ssh("home", "! systemctl cat queue-proxy.service 2>/dev/null && ! grep -ri queue ~/.mynodeone");
    const present = "systemctl cat names-proxy.service && grep NAMES ~/.mynodeone/proxy-ports.env";
    await ssh("home", `{ ${present}; } >/dev/null`);
  });

  describe("that the next up changes or removes", () => {
    before("remove a subdomain, and all other apps", async () => {
      await ssh("vps", "sudo find /etc/traefik/users -type f | grep .");
      await up({ names: { subdomain: ["two", "one"], proxyPort: 8090 } });
    });

    it("loses only the record of a removed subdomain", async () => {
      await untilUnknown(`https://${domain}/get`);
      for (const host of ["one", "two"])
        expect((await ask(`https://${host}.${domain}/get`)).status).to.equal(200);
    });

    it("leaves no file with its basicAuth users", async () => {
      await ssh("vps", "! sudo find /etc/traefik/users -type f | grep .");
    });
  });
});
