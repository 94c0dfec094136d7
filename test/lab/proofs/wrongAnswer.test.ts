import { expect } from "chai";
import { execa } from "execa";
import { once } from "node:events";
import { inCluster } from "../../../lab/cluster/index.ts";
import { nft } from "../../../lab/network.ts";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { insideNetwork, runInNetwork, ssh } from "../../../lab/run.ts";
import { tailnetAddresses } from "../../../lab/tailnet.ts";
import { publishedApps } from "../apps.ts";
import { failureOf } from "../failure.ts";
import { askUntil, statusOf } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const port = 8095;
const apps = publishedApps({ panel: { proxyPort: port } });
const url = "https://panel.lab.test";
const table = "ip redirected";

/** Adds a table to a host's network while `body` runs. */
async function during(host: string, rules: string, body: () => Promise<void>): Promise<void> {
  await nft(host, `table ${table} {\n${rules}\n}`);
  try {
    await body();
  } finally {
    await nft(host, `delete table ${table}`);
  }
}

/**
 * The seconds for which the edge's kernel tracks a refused connection. The next one from the same port to the same
 * address passes no `nat` chain meanwhile, so a redirection on the edge itself would have no effect.
 *
 * @see https://www.kernel.org/doc/html/latest/networking/nf_conntrack-sysctl.html
 */
async function forgetDials(seconds: number): Promise<void> {
  await runInNetwork("vps", ["sysctl", "-qw", `net.netfilter.nf_conntrack_tcp_timeout_syn_sent=${seconds}`]);
}

async function up(): Promise<string> {
  let output = "";
  await runStack({ operation: "up", apps }, (text) => (output += text));
  return output;
}

describe("a proxy's port", () => {
  let home: string;
  const answers = () => `something other than the proxy of panel answers at ${home}:${port}`;

  before(async () => {
    await standingStack();
    await forgetDials(1);
    home = (await tailnetAddresses("home")).ipv4;
  });
  beforeEach(standingStack);
  after(async () => {
    await forgetDials(120);
    await standingStack();
  });

  async function expectNoRoute(): Promise<void> {
    const failure = await failureOf(runStack({ operation: "up", apps }));
    expect(failure).to.contain('VpsRoute "panel.lab.test": ').and.to.contain(answers());
    await ssh("vps", "! test -e /etc/traefik/dynamic/panel.lab.test.yaml");
    // With another app's name for TLS: without a route, the edge has no certificate for this name.
    const host = `Host: ${new URL(url).host}`;
    await poll(
      async () => expect(await statusOf("https://photos.lab.test/get", "--header", host)).to.equal("404"),
      {
        what: "the edge to have no route",
        timeout: 30_000,
      },
    );
  }

  it("taken by another pod's hostPort is detected before a route uses it", async () => {
    const pod = await inCluster([
      ...["get", "pods", "--namespace", "vaultwarden", "--output", "jsonpath={.items[0].status.podIP}"],
    ]);
    // By a set, as portmap and kube-proxy do, so that no rule contains the port.
    const rules = `
      set ports { type inet_service; elements = { ${port} }; }
      chain prerouting {
        type nat hook prerouting priority dstnat;
        fib daddr type local tcp dport @ports dnat to ${pod}:8080
      }`;
    await during("home", rules, expectNoRoute);
    expect(await up(), "once the rule is gone").not.to.contain("answers at");
    await askUntil(`${url}/get`, 200);
  });

  it("answered by another device is detected before a route uses it", async () => {
    const { ipv4: phone } = await tailnetAddresses("phone");
    const server = `require("node:http").createServer((_, answer) => answer.end("the phone")).listen(${port}, () => console.log("on"))`;
    const [command, args] = insideNetwork("phone", [process.execPath, "-e", server]);
    const child = execa(command, args, { reject: false });
    try {
      await once(child.stdout, "data");
      const ask = ["curl", "--silent", "--max-time", "5", `http://${phone}:${port}/`];
      // The first packets between two devices of a tailnet may take longer than the edge's time-out.
      await poll(() => runInNetwork("vps", ask), { what: "the edge to reach the phone", timeout: 60_000 });
      // Redirects the home's address to the phone.
      const rules = `chain output {
        type nat hook output priority -100;
        ip daddr ${home} tcp dport ${port} dnat to ${phone}
      }`;
      await during("vps", rules, expectNoRoute);
    } finally {
      child.kill();
      await child;
    }
  });

  it("that an edge cannot reach is named in a warning, and so is a proxy whose host sends no ICMP errors", async () => {
    const drop = (what: string) => `chain output {\ntype filter hook output priority 0\n${what} drop\n}`;
    await during("vps", drop(`ip daddr ${home} tcp dport ${port}`), async () => {
      expect(await up()).to.contain(
        `VpsRoute "panel.lab.test": cannot connect to the proxy of panel at ${home}:${port}; visitors get 502`,
      );
    });
    await standingStack();
    await during("home", drop("icmp type destination-unreachable"), async () => {
      expect(await up())
        .to.contain(
          `VpsRoute "panel.lab.test": cannot tell whether the proxy of panel answers at ${home}:${port}`,
        )
        .and.not.to.contain(answers());
    });
    await askUntil(`${url}/get`, 200);
  });
});
