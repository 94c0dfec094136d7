import { expect } from "chai";
import { runStack } from "../../lab/operator.ts";
import { acmeRoots } from "../../lab/internet.ts";
import { inCluster } from "../../lab/cluster/index.ts";
import { poll } from "../../lab/poll.ts";
import { runInNetwork, ssh } from "../../lab/run.ts";
import { declaredApps, type AppOptions } from "../../lab/stackConfig.ts";
import { domain, hosts } from "../../lab/topology.ts";
import { ask, askUntil, curlExit, refusal } from "./outside.ts";

/** Each of the stand-in pods of the declared apps answers for several more. */
const service = { namespace: "immich", name: "immich-server" };
const client = hosts.client.address;
const other = "198.51.100.51";

/** As `htpasswd -nB NAME` prints them. */
const users = {
  first: {
    password: "correct horse",
    line: "ann:$2b$05$MqUrsN/mYKzi42mmpwBmiOoIijuY3926wFIWNsAKmgsTI7BWjFshu",
  },
  second: {
    password: "battery staple",
    line: "bob:$2b$05$s9EVTztNpA4Fe6BuZNm3M.1AbhahnS4jHv2JylGq6XqOIEmRQ2syu",
  },
};

const options: Record<string, AppOptions> = {
  names: { subdomain: ["one", "two", "@"], proxyPort: 8090 },
  listed: { allowFrom: [`${other}/32`, "2001:db8::/32"], proxyPort: 8091 },
  limited: { rateLimit: { average: 1, burst: 5 }, proxyPort: 8092 },
  locked: { basicAuth: true, proxyPort: 8093 },
  pressed: {
    middlewares: [{ compress: {} }, { headers: { customResponseHeaders: { "X-Mark": '{{ env "PATH" }}' } } }],
    proxyPort: 8094,
  },
  behind: { cdn: true, allowFrom: [`${other}/32`], proxyPort: 8095 },
};

function apps(changes: Record<string, AppOptions> = {}): Record<string, AppOptions> {
  const published = Object.entries({ ...options, ...changes }).map(
    ([name, one]) => [name, { internet: true, service, ...one }] as const,
  );
  const { immich } = declaredApps();
  return { ...declaredApps(), immich: { ...immich, subdomain: "photos" }, ...Object.fromEntries(published) };
}

const up = (line: string, changes?: Record<string, AppOptions>) =>
  runStack({ operation: "up", apps: apps(changes), secrets: { "mynodeone:basicAuthUsers": line } });

/** curl of the client; what it prints by `--write-out`. */
function curl(name: string, print: string, ...args: string[]): Promise<string> {
  const url = `https://${name}.${domain}/get`;
  const quiet = [
    "--silent",
    "--show-error",
    "--max-time",
    "20",
    "--cacert",
    acmeRoots,
    "--output",
    "/dev/null",
  ];
  return runInNetwork("client", ["curl", ...quiet, "--write-out", print, ...args, url]);
}

const status = (name: string, ...args: string[]) => curl(name, "%{http_code}", ...args);

describe("an app's options", () => {
  before("every one of them on an app", async () => {
    await runInNetwork("client", ["ip", "address", "replace", `${other}/24`, "dev", "eth0"]);
    // The apps are looked up at a Service of one that has to be there before them.
    await runStack({ operation: "up" });
    await up(users.first.line);
    for (const name of ["limited", "pressed"]) await askUntil(`https://${name}.${domain}/get`, 200);
  });

  after(async () => {
    await runStack({ operation: "up" });
    await runInNetwork("client", ["ip", "address", "delete", `${other}/24`, "dev", "eth0"]);
  });

  it("subdomain: each name, the domain itself too, leads to it by a certificate of its own", async () => {
    for (const host of [`one.${domain}`, `two.${domain}`, domain]) {
      const { body } = await askUntil(`https://${host}/get`, 200);
      expect(JSON.parse(body)).to.have.property("url", `https://${host}/get`);
    }
  });

  it("allowFrom: who is not on the list gets 403", async () => {
    expect(await status("listed", "--interface", client)).to.equal("403");
    expect(await status("listed", "--interface", other)).to.equal("200");
    expect(await status("limited", "--interface", client), "an app without a list").to.equal("200");
    expect(
      await status("listed", "--interface", client, "--header", `X-Forwarded-For: ${other}`),
      "an address that is claimed",
    ).to.equal("403");
  });

  it("rateLimit: who asks too often gets 429, and nobody else", async () => {
    const burst = await Promise.all(
      Array.from({ length: 25 }, () => status("limited", "--interface", client)),
    );
    expect(burst).to.include("429").and.to.include("200");
    expect(await status("limited", "--interface", other)).to.equal("200");
    const unlimited = await Promise.all(Array.from({ length: 25 }, () => status("pressed")));
    expect(unlimited, "an app without a limit").not.to.include("429");
  });

  it("basicAuth: only users of the secret come in, and the app never sees the password", async () => {
    const { first, second } = users;
    expect(await status("locked")).to.equal("401");
    expect(await status("locked", "--user", `ann:${second.password}`)).to.equal("401");
    expect(await status("locked", "--user", `ann:${first.password}`)).to.equal("200");
    const answer = await runInNetwork("client", [
      ...["curl", "--silent", "--cacert", acmeRoots, "--user", `ann:${first.password}`],
      `https://locked.${domain}/headers`,
    ]);
    expect(answer)
      .to.contain("X-Forwarded-For")
      .and.not.to.match(/authorization/i);
  });

  it("basicAuth: the users lie where only root and Traefik read them", async () => {
    const files = await ssh("vps", "sudo find /etc/traefik/users -type f -printf '%m %u %g %P\\n'");
    expect(files).to.match(/^640 root traefik locked\.lab\.test\/[0-9a-f]{32}$/);
    await ssh("vps", "! cat /etc/traefik/users/locked.*/* 2>/dev/null");
  });

  it("basicAuth: other users are taken up by an up, and the old ones no longer come in", async () => {
    const { first, second } = users;
    const { changes } = await up(second.line);
    expect(changes).to.include({ update: 1 }).and.not.have.any.keys("create", "delete", "replace");
    await poll(
      async () => {
        expect(await status("locked", "--user", `bob:${second.password}`)).to.equal("200");
      },
      { what: "the new user to come in", timeout: 30_000, interval: 500 },
    );
    expect(await status("locked", "--user", `ann:${first.password}`)).to.equal("401");
  });

  it("middlewares: they run, and what is in them is data to Traefik's templates", async () => {
    // Shorter answers than a kilobyte are not worth compressing; this one repeats what it was asked with.
    const long = ["--header", `X-Long: ${"long ".repeat(300)}`, "--header", "Accept-Encoding: gzip"];
    const answer = (name: string) => curl(name, "%header{content-encoding}|%header{x-mark}", ...long);
    expect(await answer("pressed")).to.equal('gzip|{{ env "PATH" }}');
    expect(await answer("one"), "an app without them").to.equal("|");
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

    it("takes the CDN's word for a client's address, and nobody else's", async () => {
      const from = (source: string, ...args: string[]) =>
        status("behind", "--interface", source, ...edge, ...args);
      await poll(
        async () => {
          expect(await from(cdn, ...claim(other)), "from the CDN").to.equal("200");
        },
        { what: "the app behind the CDN", timeout: 60_000, interval: 500 },
      );
      expect(await from(cdn, ...claim(client)), "another client").to.equal("403");
      expect(await from(client, ...claim(other)), "around the CDN").to.equal("403");
      expect(await from(other), "around it, from the list").to.equal("403");
    });
  });

  // Tests in a describe come after those beside it, and this one takes the other apps away.
  describe("fewer of them", () => {
    it("proxy: false and fewer names: the rest goes, unit, route and records", async () => {
      const names = { subdomain: ["two", "one"], proxyPort: 8090 };
      const chart = { name: "./lab/charts/stand-in" };
      const queue = { internet: false, proxy: false, chart, service: { namespace: "queue", name: "queue" } };
      try {
        await up(users.second.line, { names, queue });
        expect(await refusal(`https://${domain}/get`)).to.equal(curlExit.unresolved);
        for (const host of ["one", "two"])
          expect((await ask(`https://${host}.${domain}/get`)).status).to.equal(200);
        const release = await inCluster([
          "get",
          "service",
          "--namespace",
          "queue",
          "queue",
          "--output",
          "name",
        ]);
        expect(release).to.equal("service/queue");
        await ssh("home", "! systemctl cat queue-proxy.service 2>/dev/null && ! grep -ri queue ~/.mynodeone");
        await ssh(
          "home",
          "systemctl cat names-proxy.service >/dev/null && grep -q NAMES ~/.mynodeone/proxy-ports.env",
        );
      } finally {
        await runStack({ operation: "up" });
        await inCluster(["delete", "namespace", "queue", "--ignore-not-found"]);
      }
      await ssh("vps", "! sudo find /etc/traefik/users -type f | grep .");
    });
  });
});
