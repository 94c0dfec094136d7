import { expect } from "chai";
import { onConsole } from "../../../../lab/machines.ts";
import { runStack } from "../../../../lab/operator.ts";
import { ssh } from "../../../../lab/run.ts";
import type { AppOptions } from "../../../../lab/stackConfig.ts";
import { domain } from "../../../../lab/topology.ts";
import { publishedApps } from "../../apps.ts";
import { askUntil } from "../../outside.ts";
import { standingStack } from "../../standingStack.ts";

const state = "/var/lib/traefik";
/** Files that only root can write: an existing one and a missing one. */
const canary = "/etc/canary";
const absent = "/etc/profile.d/canary.sh";

let asked = 0;

/** A run that writes a route, which Traefik first validates. */
function upWithNewRoute(): Promise<string> {
  const header = { headers: { customResponseHeaders: { "X-Asked": String((asked += 1)) } } };
  const page: AppOptions = { proxyPort: 8090, middlewares: [header] };
  let output = "";
  return runStack({ operation: "up", apps: publishedApps({ page }) }, (text) => (output += text)).then(
    () => output,
  );
}

/** Runs as Traefik's user, in all directories that it can write to. */
const asTraefik = (script: string) =>
  onConsole("vps", `setpriv --reuid traefik --regid traefik --clear-groups sh -euc ${quoted(script)}`);

/** What a compromised Traefik may put in place of each of its files, and of each name that root has ever used there. */
const traps = {
  "a link to a file of root's": `ln -s ${canary}`,
  "a link to a place for a file of root's": `ln -s ${absent}`,
  "a FIFO": "mkfifo",
};

describe("a compromised Traefik", () => {
  let stores: string[];

  before(async () => {
    await standingStack();
    await upWithNewRoute();
    await askUntil(`https://page.${domain}/get`, 200);
    stores = (await onConsole("vps", `cd ${state} && ls acme*.json`))
      .split("\n")
      .filter((name) => name !== "");
    await onConsole(
      "vps",
      `umask 077; echo canary > ${canary}; mkdir /root/kept && cp -a ${state}/. /root/kept/`,
    );
  });

  afterEach(() =>
    onConsole(
      "vps",
      `systemctl stop traefik; find ${state} -mindepth 1 -delete; cp -a /root/kept/. ${state}/; systemctl start traefik`,
    ),
  );

  after(() => onConsole("vps", `rm -rf ${canary} ${absent} /root/kept`));

  it("can write only to its own directory", async () => {
    const writable = "find / -xdev -writable ! -type l ! -path '/proc/*' 2>/dev/null || true";
    const found = await asTraefik(writable);
    const own = found
      .split("\n")
      .filter((path) => !/^\/(dev|tmp|var\/tmp|run\/lock|run\/user)(\/|$)/.test(path));
    expect(own.filter((path) => path !== "" && !path.startsWith(state))).to.deep.equal([]);
  });

  for (const [what, trap] of Object.entries(traps)) {
    it(`makes root neither write nor wait by putting ${what} in a file's place`, async () => {
      const names = [...stores, "trial", "trial.log", "acme.json", "routes"].map(
        (name) => `${state}/${name}`,
      );
      await asTraefik(names.map((name) => `${trap} ${name}.trap && mv -fT ${name}.trap ${name}`).join("\n"));

      const begun = Date.now();
      await onConsole("vps", "systemctl start traefik-ask-again.service");
      expect(Date.now() - begun, "milliseconds of the timer's unit").to.be.below(60_000);
      await upWithNewRoute();

      expect(await onConsole("vps", `cat ${canary}; test -e ${absent} || echo absent`)).to.equal(
        "canary\nabsent",
      );
      expect(await ssh("vps", "pgrep -u root -x 'dd|sed|grep|cat' || echo none")).to.equal("none");
    });
  }
});

const quoted = (script: string) => `'${script.replaceAll("'", `'\\''`)}'`;
