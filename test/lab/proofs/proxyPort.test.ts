import { expect } from "chai";
import { execa } from "execa";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { proxyLimits } from "../../../components/proxy/limits.ts";
import { runStack } from "../../../lab/operator.ts";
import { patience, poll } from "../../../lab/poll.ts";
import { insideNetwork, runInNetwork, ssh, sshCommand } from "../../../lab/run.ts";
import { labConfig } from "../../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../../lab/tailnet.ts";
import { kubernetes } from "../../../lab/topology.ts";
import { converse, type Conversation } from "../conversation.ts";
import { askUntil } from "../outside.ts";
import { standingStack } from "../standingStack.ts";
import { traefikUser } from "../vantagePoints.ts";

const photos = "https://photos.lab.test/get";
const unit = "immich-proxy.service";
const port = 8080;
let home: string;

/** Tries to bind a port until it is stopped, then prints the number of tries, or that it has the port. */
const squat = `
import select, socket, sys
tries = 0
print("trying", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        one.bind((sys.argv[1], int(sys.argv[2])))
        one.listen()
        print("taken", flush=True)
        sys.exit()
    except OSError:
        one.close()
        tries += 1
print("refused", tries, flush=True)
`;

/** The result of an unprivileged user of the home who tries to bind the port all the time while `body` runs. */
async function squatDuring(at: number, body: () => Promise<unknown>): Promise<string> {
  await ssh("home", "cat > /tmp/squat.py", { input: squat });
  const [command, args] = sshCommand("home", [`sudo -u nobody python3 /tmp/squat.py ${home} ${at}`]);
  const child = execa(command, args, { reject: false });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  try {
    await body();
  } finally {
    child.stdin.end("\n");
  }
  const { value } = (await lines.next()) as { value?: string };
  await child;
  return value ?? "nothing";
}

const mainProcess = () => ssh("home", `systemctl show --property=MainPID --value ${unit}`);

/** A changed stack: the cluster has one more network, which changes each proxy's unit. */
function changeUnit(network: string): Promise<unknown> {
  const config = labConfig();
  const networks = [kubernetes.podCidr, kubernetes.serviceCidr, network];
  return runStack({ operation: "up", config: { ...config, "mynodeone:clusterCidrs": networks } });
}

/** Opens connections a few at a time, prints their number, and holds them until it is stopped. */
const crowd = `
const net = require("node:net");
const [address, port, count] = process.argv.slice(1);
const open = () => new Promise((done) => {
  const one = net.connect(Number(port), address);
  one.on("connect", () => done("open")).on("error", () => done("refused")).on("close", () => done("refused"));
});
(async () => {
  const seen = { open: 0, refused: 0 };
  for (let left = Number(count); left > 0; left -= 8)
    for (const one of await Promise.all(Array.from({ length: 8 }, open))) seen[one] += 1;
  console.log(JSON.stringify(seen));
  process.stdin.once("data", () => process.exit());
})();
`;

/** As Traefik's user, the only one there that can connect to the home. */
const asTraefik = async () => ["setpriv", `--reuid=${await traefikUser()}`, "--clear-groups", "--"];

async function statusFrom(host: "vps" | "home"): Promise<string> {
  const ask = ["--silent", "--max-time", "10", "--output", "/dev/null", "--write-out", "%{http_code}"];
  const as = host === "vps" ? await asTraefik() : [];
  return runInNetwork(host, [...as, "curl", ...ask, `http://${home}:${port}/get`], { reject: false });
}

describe("the port of a proxy at home", function () {
  before(async () => {
    await standingStack();
    home = (await tailnetAddresses("home")).ipv4;
    await askUntil(photos, 200);
  });

  after(standingStack);

  describe("cannot be bound by another user of the home", () => {
    const moments: Record<string, () => Promise<unknown>> = {
      "while its service restarts": async () => {
        for (let times = 0; times < 3; times += 1) await ssh("home", `sudo systemctl restart ${unit}`);
      },
      "while its service is stopped": async () => {
        await ssh("home", `sudo systemctl stop ${unit}`);
        await ssh("home", "sleep 2");
      },
      "while its program is killed": async () => {
        for (let times = 0; times < 3; times += 1) {
          await ssh("home", `sudo systemctl kill --signal=KILL ${unit}; sleep 2`);
        }
        await ssh("home", `sudo systemctl reset-failed ${unit}`);
      },
      "while its unit is changed": () => changeUnit("10.98.0.0/16"),
    };

    for (const [moment, happen] of Object.entries(moments)) {
      it(moment, async () => {
        expect(await squatDuring(port, happen)).to.match(/^refused \d{3,}$/);
        await askUntil(photos, 200);
      });
    }

    it("unlike a port that a service itself opens, while it restarts (the control)", async () => {
      const listen = `socat TCP4-LISTEN:8098,bind=${home},ip-freebind,reuseaddr,fork /dev/null`;
      await ssh(
        "home",
        `sudo systemd-run --quiet --collect --unit=opens --property=Restart=always ${listen}`,
      );
      try {
        await poll(() => ssh("home", "ss -Hltn 'sport = :8098' | grep ."), { what: "it", timeout: 10_000 });
        const restart = async () => {
          for (let times = 0; times < 3; times += 1) {
            await ssh("home", "sudo systemctl kill opens; sleep 1");
          }
        };
        expect(await squatDuring(8098, restart)).to.equal("taken");
      } finally {
        await ssh("home", "sudo systemctl stop opens");
      }
    });
  });

  describe("if a unit changes", () => {
    let line: Conversation;

    beforeEach(async () => {
      await askUntil(photos, 200);
      line = await converse("wss://photos.lab.test/websocket/echo");
      await line.say("before");
    });

    it("keeps its open connections, and serves new ones with the new unit", async () => {
      const before = await mainProcess();
      await changeUnit("10.97.0.0/16");
      expect(await mainProcess()).not.to.equal(before);
      await line.say("after");
      await askUntil(photos, 200);
      expect(await ssh("home", `systemctl show --property=NRestarts --value ${unit}`)).to.equal("0");
      await line.close();
    });

    it("loses its connections if the service is stopped or restarted by hand (the control)", async () => {
      await ssh("home", `sudo systemctl restart ${unit}`);
      expect(await line.say("after").catch(String)).to.contain("was cut");
    });
  });

  it("refuses a client's connections beyond the limit until some are closed, and answers other clients", async function () {
    this.timeout(300_000 * patience());
    const [command, args] = insideNetwork("vps", [
      ...(await asTraefik()),
      ...[process.execPath, "-e", crowd],
      ...[home, String(port), String(proxyLimits.perSource + 64)],
    ]);
    const child = execa(command, args, { reject: false });
    try {
      const [text] = (await once(child.stdout, "data")) as [Buffer];
      const seen = JSON.parse(String(text)) as { open: number; refused: number };
      // Traefik on the same edge has some open connections.
      expect(seen.open).to.be.within(proxyLimits.perSource - 32, proxyLimits.perSource);
      expect(seen.refused).to.be.at.least(64);
      expect(await statusFrom("vps"), "the same client").to.equal("000");
      expect(await statusFrom("home"), "another one").to.equal("200");
      await askUntil("https://vault.lab.test/get", 200);
    } finally {
      child.stdin.end("\n");
      await child;
    }
    await poll(async () => expect(await statusFrom("vps")).to.equal("200"), {
      what: "the client to be served again",
      timeout: 30_000,
    });
    await askUntil(photos, 200);
  });
});
