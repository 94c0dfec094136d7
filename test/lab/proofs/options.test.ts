import { expect } from "chai";
import { inCluster } from "../../../lab/cluster/index.ts";
import { runStack } from "../../../lab/operator.ts";
import { ssh } from "../../../lab/run.ts";
import { declaredApps, type AppOptions } from "../../../lab/stackConfig.ts";
import { domain } from "../../../lab/topology.ts";
import { immichService, standInChart, users } from "../apps.ts";
import { ask, askUntil, printed, untilUnknown } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const options: Record<string, AppOptions> = {
  names: { subdomain: ["one", "two", "@"], proxyPort: 8090 },
  pressed: {
    middlewares: [{ compress: {} }, { headers: { customResponseHeaders: { "X-Mark": '{{ env "PATH" }}' } } }],
    proxyPort: 8091,
  },
  locked: { basicAuth: true, proxyPort: 8092 },
};

function up(apps: Record<string, AppOptions>) {
  const published = Object.entries(apps).map(
    ([name, one]) => [name, { internet: true, service: immichService, ...one }] as const,
  );
  return runStack({
    operation: "up",
    apps: { ...declaredApps(), ...Object.fromEntries(published) },
    secrets: { "mynodeone:basicAuthUsers": users.ann.line },
  });
}

describe("an app's options", () => {
  before("an app for each of them", async () => {
    await standingStack();
    await up(options);
  });

  it("subdomain: each name, the domain itself too, leads to the app with its own certificate", async () => {
    for (const host of [`one.${domain}`, `two.${domain}`, domain]) {
      const { body } = await askUntil(`https://${host}/get`, 200);
      expect(JSON.parse(body)).to.have.property("url", `https://${host}/get`);
    }
  });

  it("middlewares: they take effect, and their text is data to Traefik's templates", async () => {
    // Shorter answers than a kilobyte are not worth compressing; this one repeats what it was asked with.
    const long = ["--header", `X-Long: ${"long ".repeat(300)}`, "--header", "Accept-Encoding: gzip"];
    const answer = (host: string) =>
      printed("%header{content-encoding}|%header{x-mark}", `https://${host}.${domain}/get`, ...long);
    await askUntil(`https://pressed.${domain}/get`, 200);
    expect(await answer("pressed")).to.equal('gzip|{{ env "PATH" }}');
    expect(await answer("one"), "an app without them").to.equal("|");
  });

  describe("when they are taken out", () => {
    before("fewer names, and an app without a proxy", async () => {
      const queue = {
        ...{ internet: false, proxy: false, chart: standInChart },
        service: { namespace: "queue", name: "queue" },
      };
      await up({ names: { subdomain: ["two", "one"], proxyPort: 8090 }, queue });
    });

    after(async () => {
      await standingStack();
      await inCluster(["delete", "namespace", "queue", "--ignore-not-found"]);
    });

    it("subdomain: a name's record goes, and the other names stay", async () => {
      await untilUnknown(`https://${domain}/get`);
      for (const host of ["one", "two"])
        expect((await ask(`https://${host}.${domain}/get`)).status).to.equal(200);
    });

    it("proxy: false gives the app a release, and neither unit nor variables", async () => {
      const release = ["get", "service", "--namespace", "queue", "queue", "--output", "name"];
      expect(await inCluster(release)).to.equal("service/queue");
      await ssh("home", "! systemctl cat queue-proxy.service 2>/dev/null && ! grep -ri queue ~/.mynodeone");
      const present = "systemctl cat names-proxy.service && grep NAMES ~/.mynodeone/proxy-ports.env";
      await ssh("home", `{ ${present}; } >/dev/null`);
    });

    it("basicAuth: the file of users goes with its app", async () => {
      await ssh("vps", "! sudo find /etc/traefik/users -type f | grep .");
    });
  });
});
