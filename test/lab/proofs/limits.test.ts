import { expect } from "chai";
import { proxyLimits } from "../../../components/proxy/limits.ts";
import { ip } from "../../../lab/network.ts";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { ssh } from "../../../lab/run.ts";
import type { AppOptions } from "../../../lab/stackConfig.ts";
import { domain, hosts } from "../../../lab/topology.ts";
import { publishedApps } from "../apps.ts";
import { besideCrowd } from "../crowd.ts";
import { askUntil, curl, printed, statusOf } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const client = hosts.client.address;
const [client6 = ""] = hosts.client.addresses6;
/**
 * Further addresses of the client: another IPv4 address counts as another client, another address in its IPv6 network
 * does not.
 */
const other = "198.51.100.51";
const sameNetwork6 = "2001:db8:51::beef";
const extra = [`${other}/24`, `${sameNetwork6}/64`];

const table = "inet mynodeone-clients";

const options: Record<string, AppOptions> = {
  guarded: { proxyPort: 8090 },
  bare: { proxyPort: 8091, requestsInFlight: 1_000_000 },
};

const page = (app: string) => `https://${app}.${domain}/get`;

/** 300 uploads that never end, over three connections. */
const slowRequests = (app: string) => ({
  from: [client],
  connections: 3,
  url: `https://${app}.${domain}/post`,
  requests: 100,
});

/** The status for another client, or curl's exit code. */
async function statusForOther(app: string): Promise<string> {
  return statusOf(page(app), "--interface", other, "--max-time", "8").catch(
    (error: unknown) => `curl ends with ${String((error as { exitCode?: number }).exitCode)}`,
  );
}

describe("one client", () => {
  before(async () => {
    for (const address of extra) await ip("client", "address", "replace", address, "dev", "eth0");
    await standingStack();
    await runStack({ operation: "up", apps: publishedApps(options) });
    for (const app of Object.keys(options)) await askUntil(page(app), 200);
  });

  after(async () => {
    for (const address of extra) await ip("client", "address", "delete", address, "dev", "eth0");
  });

  it("with 300 slow requests blocks an app without a limit for all others (the control)", async () => {
    await besideCrowd(slowRequests("bare"), async ({ waiting }) => {
      // The proxy refuses all others, so Traefik answers them at once.
      expect(waiting).to.equal(proxyLimits.perSource);
      await poll(async () => expect(await statusForOther("bare")).not.to.equal("200"), {
        what: "the app to be lost",
        timeout: 60_000,
      });
      expect(await statusForOther("guarded"), "another app").to.equal("200");
    });
  });

  it("with 300 slow requests gets 429 beyond the limit, and does not block the app for others", async () => {
    await besideCrowd(slowRequests("guarded"), async ({ waiting, answers }) => {
      expect({ waiting, answers }).to.deep.equal({ waiting: 192, answers: { 429: 108 } });
      expect(await statusForOther("guarded")).to.equal("200");
    });
  });

  const idle = { from: [client], connections: 300, address: hosts.vps.address };
  const idle6 = { from: [client6, sameNetwork6], connections: 300, address: hosts.vps.addresses6[0] };

  for (const [protocol, crowd] of Object.entries({ IPv4: idle, IPv6: idle6 })) {
    it(`with 300 idle connections over ${protocol} keeps 256 of them, and does not block others`, async () => {
      await besideCrowd(crowd, async ({ connections }) => {
        expect(connections).to.equal(256);
        expect(await statusForOther("guarded")).to.equal("200");
      });
    });
  }

  it("with 300 idle connections keeps them all without the table, which is restored (the control)", async () => {
    await ssh("vps", `sudo systemctl stop mynodeone-firewall && sudo nft delete table ${table}`);
    try {
      await besideCrowd(idle, async ({ connections }) => {
        expect(connections).to.equal(300);
        await Promise.resolve();
      });
    } finally {
      await ssh("vps", "sudo systemctl start mynodeone-firewall");
    }
    await poll(() => ssh("vps", `sudo nft list table ${table} >/dev/null`), {
      what: "the table to be put back",
      timeout: 30_000,
    });
    await besideCrowd(idle, async ({ connections }) => {
      expect(connections).to.equal(256);
      await Promise.resolve();
    });
  });

  it("that is a browser loading a hundred pictures meets no limit", async () => {
    const every = async (...args: string[]) => {
      const url = `https://guarded.${domain}/get?[1-100]`;
      const codes = await printed("%{http_code} ", url, "--parallel", "--parallel-max", "100", ...args);
      return [...new Set(codes.trim().split(" "))];
    };
    expect(await every("--http2"), "over one HTTP/2 connection").to.deep.equal(["200"]);
    const six = ["--http1.1", "--parallel-max", "6"];
    expect(await every(...six), "over six HTTP/1.1 connections").to.deep.equal(["200"]);
    expect(await curl([page("guarded")])).to.contain(`guarded.${domain}`);
  });
});
