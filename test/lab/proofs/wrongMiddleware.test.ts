import { expect } from "chai";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { ssh } from "../../../lab/run.ts";
import { hosts } from "../../../lab/topology.ts";
import { publishedApps } from "../apps.ts";
import { askWhile } from "../asker.ts";
import { failureOf } from "../failure.ts";
import { ask, askUntil, statusOf } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const file = (app: string) => `/etc/traefik/dynamic/${app}.lab.test.yaml`;
const page = (app: string) => `https://${app}.lab.test/get`;

/** Brings up these apps, each with one middleware. */
function up(middlewares: Record<string, object>) {
  const apps = Object.entries(middlewares).map(
    ([name, one], index) => [name, { proxyPort: 8090 + index, middlewares: [one] }] as const,
  );
  return runStack({ operation: "up", apps: publishedApps(Object.fromEntries(apps)) });
}

/** The error of an up that has to fail, without the engine's line breaks and indentation. */
async function failure(middlewares: Record<string, object>): Promise<string> {
  return (await failureOf(up(middlewares))).replaceAll(/\s+/g, " ");
}

describe("a middleware that Traefik refuses", () => {
  const good = { compress: {} };

  before(async () => {
    // The app uses an existing Service, which has to run.
    await standingStack();
    await up({ pressed: good });
    await askUntil(page("pressed"), 200);
    await askUntil(page("photos"), 200);
  });

  after(() => ssh("vps", `sudo rm -f ${file("planted")}`));

  it("would block every later route change, if its file were written (the control)", async () => {
    const route = "http: { middlewares: { planted: { buffering: {} } } }";
    const moved = file("photos").replace("photos.lab.test", "moved");
    const copy = `sudo sed 's/photos/moved/' ${file("photos")} | sudo tee ${moved} >/dev/null`;
    const refusals = "sudo journalctl -u traefik --since=-5min --all | grep -c planted.lab.test.yaml || true";
    // With the other app's name for TLS, as the edge has no certificate for this one.
    const ask = `curl -sk -o /dev/null -w '%{http_code}' --connect-to ::${hosts.vps.address}`;
    const status = () => ssh("vps", `${ask} --header 'Host: moved.lab.test' https://photos.lab.test/get`);
    try {
      await ssh("vps", `sudo tee ${file("planted")} >/dev/null`, { input: route });
      await poll(async () => expect(Number(await ssh("vps", refusals))).to.be.greaterThan(0), {
        what: "Traefik to refuse the planted file",
        timeout: 30_000,
        interval: 500,
      });
      const before = Number(await ssh("vps", refusals));
      await ssh("vps", copy);
      await poll(async () => expect(Number(await ssh("vps", refusals))).to.be.greaterThan(before), {
        what: "Traefik to refuse its directory again",
        timeout: 30_000,
        interval: 500,
      });
      expect(await status()).to.equal("404");
      await ssh("vps", `sudo rm ${file("planted")}`);
      await poll(async () => expect(await status()).to.equal("200"), {
        what: "Traefik to take up the route once the planted file is gone",
        timeout: 30_000,
        interval: 500,
      });
    } finally {
      await ssh("vps", `sudo rm -f ${file("planted")} ${moved}`);
    }
  });

  it("fails the run, and does not change the existing app or others", async () => {
    const before = await ssh("vps", `cat ${file("pressed")}`);
    let said = "";
    const seen = await askWhile([page("photos")], async () => {
      said = await failure({ pressed: { buffering: {} } });
    });
    expect(said)
      .to.contain('VpsRoute "pressed.lab.test": option `middlewares`: Traefik refuses it')
      .and.contain("buffering cannot be a standalone element");
    expect(seen[page("photos")]?.failures, "of another app meanwhile").to.deep.equal([]);
    expect(await ssh("vps", `cat ${file("pressed")}`)).to.equal(before);
    expect((await ask(page("pressed"))).status).to.equal(200);
  });

  it("fails the run and leaves nothing of a new app, even if its file is well-formed", async () => {
    const wrong = { redirectRegex: { regex: "(", replacement: "/" } };
    const said = await failure({ pressed: good, fresh: wrong });
    expect(said)
      .to.contain('VpsRoute "fresh.lab.test": option `middlewares`')
      .and.contain("missing closing )");
    await ssh("vps", `test ! -e ${file("fresh")}`);
    await ssh("vps", "! ls -d /tmp/mynodeone.* 2>/dev/null && ! pgrep -f '[t]raefik --configFile=/tmp'");
  });

  it("takes effect once it is corrected, as does a new app", async () => {
    await up({ pressed: { buffering: { maxRequestBodyBytes: 10 } }, fresh: good });
    await askUntil(page("fresh"), 200);
    await poll(
      async () => {
        const status = await statusOf("https://pressed.lab.test/post", "--data", "eleven bytes");
        expect(status).to.equal("413");
      },
      { what: "the mended middleware", timeout: 30_000, interval: 500 },
    );
  });
});
