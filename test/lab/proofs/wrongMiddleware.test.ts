import { expect } from "chai";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { ssh } from "../../../lab/run.ts";
import { declaredApps, type AppOptions } from "../../../lab/stackConfig.ts";
import { ask, askUntil, statusOf } from "../outside.ts";
import { standingStack } from "../standingStack.ts";
import { immichService } from "../apps.ts";

const file = (app: string) => `/etc/traefik/dynamic/${app}.lab.test.yaml`;
const page = (app: string) => `https://${app}.lab.test/get`;

function up(apps: Record<string, AppOptions>) {
  const published = Object.entries(apps).map(
    ([name, options], index) =>
      [name, { internet: true, service: immichService, proxyPort: 8090 + index, ...options }] as const,
  );
  return runStack({ operation: "up", apps: { ...declaredApps(), ...Object.fromEntries(published) } });
}

/** What an up says that has to fail. */
async function failure(apps: Record<string, AppOptions>): Promise<string> {
  const said = await up(apps).then(
    () => "the up went through",
    (error: unknown) => String(error),
  );
  // The engine breaks and indents lines.
  return said.replaceAll(/\s+/g, " ");
}

/** Asks while `work` runs; the answers that were not 200. */
async function answersDuring(url: string, work: () => Promise<unknown>): Promise<string[]> {
  const [wrong, state]: [string[], { ended: boolean }] = [[], { ended: false }];
  const asking = (async () => {
    do {
      const said = await ask(url).then(({ status }) => String(status), String);
      if (said !== "200") wrong.push(said);
    } while (!state.ended);
  })();
  try {
    await work();
  } finally {
    state.ended = true;
    await asking;
  }
  return wrong;
}

describe("a middleware that Traefik refuses", () => {
  const good = { middlewares: [{ compress: {} }] };

  before(async () => {
    // The app is another name of a Service that has to be there.
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
    // By the other app's certificate; the router alone is asked about.
    const status = () =>
      ssh(
        "vps",
        "curl -sk -o /dev/null -w '%{http_code}' --connect-to ::127.0.0.1 https://moved.lab.test/get",
      );
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

  it("fails the run and leaves the existing app, and all others, as they were", async () => {
    const before = await ssh("vps", `cat ${file("pressed")}`);
    let said = "";
    const wrong = await answersDuring(page("photos"), async () => {
      said = await failure({ pressed: { middlewares: [{ buffering: {} }] } });
    });
    expect(said)
      .to.contain('VpsRoute "pressed.lab.test": option `middlewares`: Traefik refuses it')
      .and.contain("buffering cannot be a standalone element");
    expect(wrong, "answers of another app meanwhile").to.deep.equal([]);
    expect(await ssh("vps", `cat ${file("pressed")}`)).to.equal(before);
    expect((await ask(page("pressed"))).status).to.equal(200);
  });

  it("fails the run and leaves nothing of a new app, even if its file is well-formed", async () => {
    const wrong = { redirectRegex: { regex: "(", replacement: "/" } };
    const said = await failure({ pressed: good, fresh: { middlewares: [wrong] } });
    expect(said)
      .to.contain('VpsRoute "fresh.lab.test": option `middlewares`')
      .and.contain("missing closing )");
    await ssh("vps", `test ! -e ${file("fresh")}`);
    await ssh("vps", "! ls -d /tmp/mynodeone.* 2>/dev/null && ! pgrep -f '[t]raefik --configFile=/tmp'");
  });

  it("takes effect once it is corrected, and so does a new app", async () => {
    await up({ pressed: { middlewares: [{ buffering: { maxRequestBodyBytes: 10 } }] }, fresh: good });
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
