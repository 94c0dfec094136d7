import { expect } from "chai";
import { poll } from "../../../lab/poll.ts";
import { runStack } from "../../../lab/operator.ts";
import { ssh } from "../../../lab/run.ts";
import type { AppOptions } from "../../../lab/stackConfig.ts";
import { domain, hosts } from "../../../lab/topology.ts";
import { publishedApps, users } from "../apps.ts";
import { ip } from "../../../lab/network.ts";
import { askUntil, curl, printed, statusOf } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const client = hosts.client.address;
/** The client has this one too. */
const other = "198.51.100.51";
const { ann, bob } = users;

const options: Record<string, AppOptions> = {
  open: { proxyPort: 8090 },
  listed: { allowFrom: [`${other}/32`, "2001:db8::/32"], proxyPort: 8091 },
  limited: { rateLimit: { average: 1, burst: 5 }, proxyPort: 8092 },
  locked: { basicAuth: true, proxyPort: 8093 },
  behind: { cdn: true, allowFrom: [`${other}/32`], proxyPort: 8094 },
};

/** Brings up an app for each option, with these users. */
function up(line: string) {
  return runStack({
    operation: "up",
    apps: publishedApps(options),
    secrets: { "mynodeone:basicAuthUsers": line },
  });
}

const status = (app: string, ...args: string[]) => statusOf(`https://${app}.${domain}/get`, ...args);

describe("an app on the internet", () => {
  before("an app for each of them", async () => {
    await ip("client", "address", "replace", `${other}/24`, "dev", "eth0");
    await standingStack();
    await up(ann.line);
    const first = { open: 200, limited: 200, listed: 403, locked: 401 };
    for (const [name, status] of Object.entries(first))
      await askUntil(`https://${name}.${domain}/get`, status);
  });

  after(() => ip("client", "address", "delete", `${other}/24`, "dev", "eth0"));

  it("with allowFrom answers 403 to an address that is not listed", async () => {
    expect(await status("listed", "--interface", client)).to.equal("403");
    expect(await status("listed", "--interface", other)).to.equal("200");
    expect(await status("open", "--interface", client), "an app without a list").to.equal("200");
    const claim = ["--header", `X-Forwarded-For: ${other}`];
    expect(await status("listed", "--interface", client, ...claim), "a forged address").to.equal("403");
  });

  it("with rateLimit answers 429 to a client that exceeds it, and to no other", async () => {
    const burst = async (app: string) => {
      const url = `https://${app}.${domain}/get?[1-25]`;
      return (await printed("%{http_code} ", url, "--interface", client)).trim().split(" ");
    };
    expect(await burst("limited"))
      .to.include("429")
      .and.to.include("200");
    expect(await status("limited", "--interface", other)).to.equal("200");
    expect(await burst("open"), "an app without a limit").not.to.include("429");
  });

  it("with basicAuth lets in only the secret's users, and never sees their passwords", async () => {
    expect(await status("locked")).to.equal("401");
    const wrong = ann.login.replace(/:.*/, bob.login.replace(/^\w+/, ""));
    expect(await status("locked", "--user", wrong)).to.equal("401");
    expect(await status("locked", "--user", ann.login)).to.equal("200");
    const answer = await curl(["--user", ann.login, `https://locked.${domain}/headers`]);
    expect(answer)
      .to.contain("X-Forwarded-For")
      .and.not.to.match(/authorization/i);
  });

  it("with basicAuth has a users file that only root and Traefik can read", async () => {
    const files = await ssh("vps", "sudo find /etc/traefik/users -type f -printf '%m %u %g %P\\n'");
    expect(files).to.match(/^640 root traefik locked\.lab\.test\/[0-9a-f]{32}$/);
    await ssh("vps", "! cat /etc/traefik/users/locked.*/* 2>/dev/null");
  });

  it("with basicAuth lets in new users after an up, and the old ones no longer", async () => {
    const { changes } = await up(bob.line);
    expect(changes).to.include({ update: 1 }).and.not.have.any.keys("create", "delete", "replace");
    await poll(async () => expect(await status("locked", "--user", bob.login)).to.equal("200"), {
      what: "the new user to get in",
      timeout: 30_000,
      interval: 500,
    });
    expect(await status("locked", "--user", ann.login)).to.equal("401");
  });

  describe("with cdn: true", () => {
    // One of Cloudflare's own addresses, for the client, and the way back to it on the edge.
    const cdn = "104.16.0.7";
    // By the edge's address: a name server would not find the way back to this client.
    const edge = ["--resolve", `behind.${domain}:443:${hosts.vps.address}`];
    const claim = (address: string) => ["--header", `X-Forwarded-For: 203.0.113.9, ${address}`];

    before(async () => {
      await ip("client", "address", "replace", `${cdn}/32`, "dev", "eth0");
      await ip("vps", "route", "replace", `${cdn}/32`, "via", client);
    });
    after(async () => {
      await ip("vps", "route", "delete", `${cdn}/32`);
      await ip("client", "address", "delete", `${cdn}/32`, "dev", "eth0");
    });

    it("believes the CDN alone what a client's address is", async () => {
      const from = (source: string, ...args: string[]) =>
        status("behind", "--interface", source, ...edge, ...args);
      await poll(async () => expect(await from(cdn, ...claim(other)), "from the CDN").to.equal("200"), {
        what: "the app behind the CDN",
        timeout: 60_000,
        interval: 500,
      });
      expect(await from(cdn, ...claim(client)), "another client").to.equal("403");
      expect(await from(client, ...claim(other)), "around the CDN").to.equal("403");
      expect(await from(other), "around it, from the list").to.equal("403");
    });
  });
});
