import { expect } from "chai";
import { cloudflareNetworks } from "../../../components/edge/cloudflareNetworks.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { poll } from "../../../lab/poll.ts";
import { runStack } from "../../../lab/operator.ts";
import { ssh } from "../../../lab/run.ts";
import type { AppOptions } from "../../../lab/stackConfig.ts";
import { domain, hosts } from "../../../lab/topology.ts";
import { publishedApps, users } from "../apps.ts";
import { ip } from "../../../lab/network.ts";
import { askUntil, curl, curlExit, printed, statusOf } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const client = hosts.client.address;
/** A second address of the client. */
const other = "198.51.100.51";
const { ann, bob } = users;

const options: Record<string, AppOptions> = {
  open: { proxyPort: 8090 },
  listed: { allowFrom: [`${other}/32`, "2001:db8::/32"], proxyPort: 8091 },
  limited: { subdomain: ["limited", "alias"], rateLimit: { average: 1, burst: 5 }, proxyPort: 8092 },
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
  before("bring up an app for each option", async () => {
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

  it("with rateLimit counts requests to all its host names together", async () => {
    await sleep(6000);
    const url = `https://{limited,alias}.${domain}/get?[1-10]`;
    const begun = Date.now();
    const codes = (await printed("%{http_code} ", url, "--interface", client)).trim().split(" ");
    const seconds = Math.ceil((Date.now() - begun) / 1000);
    expect(codes).to.have.length(20);
    expect(codes.filter((code) => code === "200").length).to.be.within(5, 6 + seconds);
  });

  it("is served only under its own name, and only with modern encryption", async () => {
    const at = ["--resolve", `open.${domain}:443:${hosts.vps.address}`];
    const refused = (...args: string[]) =>
      curl([...at, ...args]).then(
        () => "answered",
        (error: unknown) => (error as { exitCode?: number }).exitCode,
      );
    const stranger = `stranger.${domain}`;
    expect(
      await refused(
        "--resolve",
        `${stranger}:443:${hosts.vps.address}`,
        "--insecure",
        `https://${stranger}/`,
      ),
    ).to.equal(curlExit.handshakeRefused);
    expect(await refused("--insecure", `https://${hosts.vps.address}/`)).to.equal(curlExit.handshakeRefused);
    const plain = "%{http_code} %{redirect_url}";
    const named = (host: string) =>
      printed(plain, `http://${hosts.vps.address}/a`, "--header", `Host: ${host}`);
    expect(await named(stranger)).to.equal("404 ");
    expect(await named(`open.${domain}`)).to.match(new RegExp(`^30[18] https://open\\.${domain}/a$`));

    const url = `https://open.${domain}/get`;
    const old = ["--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA@SECLEVEL=0"];
    expect(await refused(...old, url)).to.equal(curlExit.handshakeRefused);
    expect(await refused("--tls-max", "1.1", "--ciphers", "ALL@SECLEVEL=0", url)).to.equal(
      curlExit.handshakeRefused,
    );
    expect(await refused("--tls-max", "1.2", url), "the control").to.equal("answered");
  });

  it("with basicAuth admits only the secret's users, and never receives their passwords", async () => {
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

  it("with basicAuth admits new users after an up, and no longer the old ones", async () => {
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
    // Gives the client one of Cloudflare's own addresses, and the edge a route to it.
    const cdn = "104.16.0.7";
    // Uses the edge's address, since a name server has no route to this client.
    const edge = ["behind", "open"].flatMap((app) => [
      "--resolve",
      `${app}.${domain}:443:${hosts.vps.address}`,
    ]);
    const claim = (address: string) => ["--header", `X-Forwarded-For: 203.0.113.9, ${address}`];

    before(async () => {
      await ip("client", "address", "replace", `${cdn}/32`, "dev", "eth0");
      await ip("vps", "route", "replace", `${cdn}/32`, "via", client);
    });
    after(async () => {
      await ip("vps", "route", "delete", `${cdn}/32`);
      await ip("client", "address", "delete", `${cdn}/32`, "dev", "eth0");
    });

    it("accepts a client's address from the CDN only", async () => {
      const from = (source: string, ...args: string[]) =>
        status("behind", "--interface", source, ...edge, ...args);
      await poll(async () => expect(await from(cdn, ...claim(other)), "from the CDN").to.equal("200"), {
        what: "the app behind the CDN",
        timeout: 60_000,
        interval: 500,
      });
      expect(await from(cdn, ...claim(client)), "another client").to.equal("403");
      expect(await from(client, ...claim(other)), "around the CDN").to.equal("403");
      expect(await from(other), "around it, from the list").to.equal("200");
      const asOther = ["--header", `CF-Connecting-IP: ${other}`, "--header", `X-Real-Ip: ${other}`];
      expect(await from(client, ...asOther), "around it, as another").to.equal("403");
    });

    describe("and a visitor who forges every address header", () => {
      const forged = "203.0.113.66";
      const forgedHost = "evil.test";
      const claimed = [
        ...[
          "Client-Ip",
          "CF-Connecting-Ip",
          "True-Client-Ip",
          "X-Client-Ip",
          "X-Cluster-Client-Ip",
          "X-Real-Ip",
        ],
        ...["X-Forwarded-For", "X-Original-Forwarded-For", "Fastly-Client-Ip", "X-Remote-Addr"],
      ].map((name) => `${name}: ${forged}`);
      claimed.push(`Forwarded: for=${forged}`, `X-Forwarded-Host: ${forgedHost}`, "X-Forwarded-Proto: http");

      /** The headers of a request as received by the app's pod. */
      async function received(
        app: string,
        source: string,
        headers: string[],
      ): Promise<Record<string, string>> {
        const given = headers.flatMap((header) => ["--header", header]);
        const url = `https://${app}.${domain}/headers`;
        const answer = JSON.parse(await curl(["--interface", source, ...edge, ...given, url])) as {
          headers: Record<string, string[]>;
        };
        return Object.fromEntries(
          Object.entries(answer.headers).map(([name, values]) => [name, values.join()]),
        );
      }

      /** A visitor's headers after Cloudflare: it sets its own, and appends to the one that proxies share. */
      const relayed = (visitor: string, headers: string[]) => [
        ...headers.filter((header) => !/^(X-Forwarded-For|CF-Connecting-Ip|X-Forwarded-Proto):/.test(header)),
        `X-Forwarded-For: ${headers.length > 0 ? `${forged}, ` : ""}${visitor}`,
        `CF-Connecting-IP: ${visitor}`,
        "X-Forwarded-Proto: https",
      ];

      const own = { "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443" };

      for (const [kind, headers] of [
        ["honest", []],
        ["forged", claimed],
      ] as const) {
        it(`gives an app without a CDN the connection's address (${kind})`, async () => {
          const seen = await received("open", client, [...headers]);
          expect(seen).to.deep.include({ ...own, "X-Forwarded-For": client, "X-Real-Ip": client });
          expect(JSON.stringify(seen)).not.to.contain(forged).and.not.to.contain(forgedHost);
        });

        it(`gives an app behind the CDN the address that the CDN reports (${kind})`, async () => {
          const { "X-Forwarded-For": path = "", ...seen } = await received(
            "behind",
            cdn,
            relayed(other, [...headers]),
          );
          expect(path.split(/, */).slice(-2)).to.deep.equal([other, cdn]);
          expect(seen).to.deep.include({
            ...own,
            "Cf-Connecting-Ip": other,
            "X-Forwarded-Host": `behind.${domain}`,
          });
          expect(seen).not.to.have.property("X-Real-Ip");
          expect(JSON.stringify(seen)).not.to.contain(forged).and.not.to.contain(forgedHost);
        });

        it(`gives an app behind the CDN the address of a visitor who bypasses the CDN (${kind})`, async () => {
          const seen = await received("behind", other, [...headers]);
          expect(seen).to.deep.include({ ...own, "X-Forwarded-For": other, "X-Real-Ip": other });
          expect(JSON.stringify(seen)).not.to.contain(forged).and.not.to.contain(forgedHost);
        });

        it(`gives an app without a CDN no address that another customer's CDN reports (${kind})`, async () => {
          const seen = await received("open", cdn, relayed(forged, [...headers]));
          const [network] = cloudflareNetworks[0]?.split("/") ?? [];
          expect(seen).to.deep.include({ ...own, "X-Forwarded-For": `${network}, ${cdn}` });
          expect(seen).not.to.have.any.keys("X-Real-Ip", "Cf-Connecting-Ip");
          expect(JSON.stringify(seen)).not.to.contain(forged).and.not.to.contain(forgedHost);
        });
      }
    });
  });
});
