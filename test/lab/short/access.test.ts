import { expect } from "chai";
import { poll } from "../../../lab/poll.ts";
import { runStack } from "../../../lab/operator.ts";
import { runInNetwork, ssh } from "../../../lab/run.ts";
import { declaredApps, type AppOptions } from "../../../lab/stackConfig.ts";
import { domain, hosts } from "../../../lab/topology.ts";
import { immichService, users } from "../apps.ts";
import { askUntil, curl, statusOf } from "../outside.ts";
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
  const apps = Object.entries(options).map(
    ([name, one]) => [name, { internet: true, service: immichService, ...one }] as const,
  );
  return runStack({
    operation: "up",
    apps: { ...declaredApps(), ...Object.fromEntries(apps) },
    secrets: { "mynodeone:basicAuthUsers": line },
  });
}

const status = (app: string, ...args: string[]) => statusOf(`https://${app}.${domain}/get`, ...args);

describe("an app's options that decide who gets in", () => {
  before("an app for each of them", async () => {
    await runInNetwork("client", ["ip", "address", "replace", `${other}/24`, "dev", "eth0"]);
    await standingStack();
    await up(ann.line);
    for (const name of ["open", "limited"]) await askUntil(`https://${name}.${domain}/get`, 200);
  });

  after(() => runInNetwork("client", ["ip", "address", "delete", `${other}/24`, "dev", "eth0"]));

  it("allowFrom: an address that is not on the list gets 403", async () => {
    expect(await status("listed", "--interface", client)).to.equal("403");
    expect(await status("listed", "--interface", other)).to.equal("200");
    expect(await status("open", "--interface", client), "an app without a list").to.equal("200");
    const claim = ["--header", `X-Forwarded-For: ${other}`];
    expect(await status("listed", "--interface", client, ...claim), "a forged address").to.equal("403");
  });

  it("rateLimit: a client that asks too often gets 429, and no other does", async () => {
    const burst = (app: string) =>
      Promise.all(Array.from({ length: 25 }, () => status(app, "--interface", client)));
    expect(await burst("limited"))
      .to.include("429")
      .and.to.include("200");
    expect(await status("limited", "--interface", other)).to.equal("200");
    expect(await burst("open"), "an app without a limit").not.to.include("429");
  });

  it("basicAuth: only the secret's users get in, and the app never sees their password", async () => {
    expect(await status("locked")).to.equal("401");
    const wrong = ann.login.replace(/:.*/, bob.login.replace(/^\w+/, ""));
    expect(await status("locked", "--user", wrong)).to.equal("401");
    expect(await status("locked", "--user", ann.login)).to.equal("200");
    const answer = await curl(["--user", ann.login, `https://locked.${domain}/headers`]);
    expect(answer)
      .to.contain("X-Forwarded-For")
      .and.not.to.match(/authorization/i);
  });

  it("basicAuth: the file of users is readable by root and Traefik alone", async () => {
    const files = await ssh("vps", "sudo find /etc/traefik/users -type f -printf '%m %u %g %P\\n'");
    expect(files).to.match(/^640 root traefik locked\.lab\.test\/[0-9a-f]{32}$/);
    await ssh("vps", "! cat /etc/traefik/users/locked.*/* 2>/dev/null");
  });

  it("basicAuth: an up with other users lets them in, and the old ones no longer", async () => {
    const { changes } = await up(bob.line);
    expect(changes).to.include({ update: 1 }).and.not.have.any.keys("create", "delete", "replace");
    await poll(async () => expect(await status("locked", "--user", bob.login)).to.equal("200"), {
      what: "the new user to get in",
      timeout: 30_000,
      interval: 500,
    });
    expect(await status("locked", "--user", ann.login)).to.equal("401");
  });

  describe("cdn: true", () => {
    // One of Cloudflare's own addresses, for the client, and the way back to it on the edge.
    const cdn = "104.16.0.7";
    // By the edge's address: a name server would not find the way back to this client.
    const edge = ["--resolve", `behind.${domain}:443:${hosts.vps.address}`];
    const claim = (address: string) => ["--header", `X-Forwarded-For: 203.0.113.9, ${address}`];

    before(async () => {
      await runInNetwork("client", ["ip", "address", "replace", `${cdn}/32`, "dev", "eth0"]);
      await runInNetwork("vps", ["ip", "route", "replace", `${cdn}/32`, "via", client]);
    });
    after(async () => {
      await runInNetwork("vps", ["ip", "route", "delete", `${cdn}/32`]);
      await runInNetwork("client", ["ip", "address", "delete", `${cdn}/32`, "dev", "eth0"]);
    });

    it("trusts the CDN for a client's address, and nobody else", async () => {
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
