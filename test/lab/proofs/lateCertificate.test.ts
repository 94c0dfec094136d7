import { expect } from "chai";
import { deliver } from "../../../components/host/remoteScript.ts";
import { awaitNames } from "../../../components/route/scripts.ts";
import { onConsole } from "../../../lab/machines.ts";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { ssh, sshUser } from "../../../lab/run.ts";
import { declaredApps } from "../../../lab/stackConfig.ts";
import { hosts, services } from "../../../lab/topology.ts";
import { makeRecord, removeRecord } from "../../../lab/vendors.ts";
import { block, unblock, type Blocked } from "../blocked.ts";
import { askUntil, curlExit, refusal, untilUnknown } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

/** A name for which no earlier run has a certificate. */
const label = `late-${Date.now().toString(36)}`;
const late = `https://${label}.lab.test`;
const authority: Blocked = { network: "inet", ...services.acme, verdict: "reject with tcp reset" };
const dropIn = "/run/systemd/system/traefik-ask-again.timer.d";

describe("a certificate that the authority could not issue at first", () => {
  before(standingStack);

  after(() => ssh("vps", `sudo rm -rf ${dropIn} && sudo systemctl daemon-reload`));

  it("is requested again and served without a restart, once the authority answers", async () => {
    const apps = { ...declaredApps() };
    apps.vaultwarden = { ...apps.vaultwarden, subdomain: label };
    const traefik = () => ssh("vps", "systemctl show -p MainPID traefik");
    const before = await traefik();
    let output = "";
    await withoutAuthority(async () => {
      await runStack({ operation: "up", apps }, (text) => (output += text));
    });
    expect(output).to.contain(`no certificate for ${label}.lab.test yet`);
    expect(await refusal(late)).to.equal(curlExit.handshakeRefused);

    // The `up` has started the timer; this test does not.
    const timer = "traefik-ask-again.timer";
    const state = await ssh("vps", `systemctl is-active ${timer} && systemctl is-enabled ${timer}`);
    expect(state).to.equal("active\nenabled");
    // Waiting a quarter of an hour spares the authority; this test does not need it.
    const often = "[Timer]\\nOnActiveSec=2s\\nOnUnitInactiveSec=2s\\nAccuracySec=1s\\n";
    await ssh(
      "vps",
      `sudo mkdir -p ${dropIn} && printf '${often}' | sudo tee ${dropIn}/often.conf >/dev/null`,
    );
    await ssh("vps", `sudo systemctl daemon-reload && sudo systemctl restart ${timer}`);
    await askUntil(`${late}/get`, 200);
    expect(await traefik()).to.equal(before);
    await poll(() => ssh("vps", "! test -e /etc/traefik/dynamic/_ask-again.yaml"), {
      what: "the mark to go with what it was for",
      timeout: 60_000,
    });
  });
});

describe("a name that only the edge still resolves", () => {
  const gone = "gone.lab.test";

  it("is waited for before its certificate is requested", async () => {
    const remembered = () => onConsole("vps", `getent ahostsv4 ${gone}`);
    const id = await makeRecord({ name: gone, content: hosts.vps.address });
    await poll(remembered, { what: `the edge to know ${gone}`, timeout: 30_000 });
    await removeRecord(id);
    await untilUnknown(`https://${gone}`);
    expect(await remembered(), "the control").to.contain(hosts.vps.address);

    const login = { user: sshUser, address: hosts.vps.address };
    const { create = "", text } = deliver("gone-file", login, { create: awaitNames("gone", [gone]) });
    const said = await ssh("vps", `${create} 2>&1`, { input: text });
    expect(said).to.contain(`${gone} does not resolve on the edge`);
  });
});

/** Simulates that the authority is down. It keeps its accounts, which pebble has in memory. */
async function withoutAuthority(body: () => Promise<void>): Promise<void> {
  await block(authority);
  try {
    await body();
  } finally {
    await unblock(authority);
  }
}
