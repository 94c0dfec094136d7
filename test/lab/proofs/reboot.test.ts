import { expect } from "chai";
import { acmeRoots } from "../../../lab/internet.ts";
import { poll } from "../../../lab/poll.ts";
import { rebootMachine } from "../../../lab/reboot.ts";
import { runInNetwork, ssh } from "../../../lab/run.ts";
import { startTailnet, stopTailnet, tailnetAddresses } from "../../../lab/tailnet.ts";
import { ask } from "../outside.ts";
import { standingStack } from "../standingStack.ts";
import { expectUnits, stateOf } from "../units.ts";

const photos = "https://photos.lab.test/get";
const vault = "https://vault.lab.test/get";
/** The program's units have their expected states, no unit has failed, and the firewall is active. */
async function expectHealthy(host: "home" | "vps"): Promise<void> {
  await expectUnits(host);
  expect(await ssh(host, "systemctl --failed --no-legend"), `failed units of ${host}`).to.equal("");
  expect(await ssh(host, "sudo ufw status | head -n 1"), host).to.equal("Status: active");
  if (host === "vps") return;
  const tables = await ssh(host, "sudo nft list tables | grep mynodeone_ | sort");
  expect(tables).to.equal("table inet mynodeone_immich\ntable inet mynodeone_vaultwarden");
}

/** Kubernetes starts its pods again. */
const answers = () => Promise.all([photos, vault].map((url) => answered(url)));

async function answered(url: string): Promise<void> {
  await poll(
    async () => {
      expect((await ask(url)).status, url).to.equal(200);
    },
    { what: `${url} to be reachable again`, timeout: 240_000, interval: 500 },
  );
}

/** Serial numbers of the served certificates: a new certificate has a new one. */
async function serials(): Promise<string[]> {
  return Promise.all(
    ["photos.lab.test", "vault.lab.test"].map(async (host) => {
      const ask = `openssl s_client -connect ${host}:443 -servername ${host} -CAfile ${acmeRoots} </dev/null 2>/dev/null`;
      return runInNetwork("client", ["sh", "-c", `${ask} | openssl x509 -noout -serial`]);
    }),
  );
}

describe("after a reboot", () => {
  let certificates: string[];

  before(async () => {
    await standingStack();
    await answers();
    certificates = await serials();
  });

  after(() => startTailnet());

  it("of the edge, apps answer again with the same certificates", async () => {
    await rebootMachine("vps");
    await answers();
    await expectHealthy("vps");
    expect(await serials()).to.deep.equal(certificates);
  });

  it("of the home and its Kubernetes, apps answer again", async () => {
    await rebootMachine("home");
    await answers();
    await expectHealthy("home");
  });

  it("of the home, its proxies' ports were bound before any user could log in", async () => {
    const since = async (unit: string) =>
      Number(await ssh("home", `systemctl show --property=ActiveEnterTimestampMonotonic --value ${unit}`));
    for (const app of ["immich", "vaultwarden"]) {
      const held = await since(`${app}-proxy.socket`);
      for (const unit of ["ssh.service", "systemd-user-sessions.service"])
        expect(held, unit).to.be.within(1, await since(unit));
      expect(await since(`${app}-proxy.service`), "its program (the control)").to.be.above(held);
    }
  });

  it("of both hosts while the tailnet is down, the units wait for it and recover by themselves", async () => {
    await stopTailnet();
    await Promise.all([rebootMachine("home"), rebootMachine("vps")]);
    // The proxies listen on an address that the host does not have yet, so no one can connect.
    await expectHealthy("home");
    await expectHealthy("vps");
    const address = await tailnetAddresses("home").catch(() => "none");
    expect(address, "the home's tailnet address").to.equal("none");
    const listening = () => ssh("home", "ss -Hltn | grep -c ':808[02] ' || true");
    await poll(async () => expect(await listening()).to.equal("2"), {
      what: "both proxies to listen",
      timeout: 30_000,
    });
    await poll(async () => expect((await ask(photos)).status, "without a tailnet").to.be.above(499), {
      what: "the edge to answer",
      timeout: 60_000,
    });

    await startTailnet();
    await answers();
    await expectHealthy("home");
    await expectHealthy("vps");
    expect(await serials()).to.deep.equal(certificates);
  });

  it("of the home with its socket and service disabled, an app is down (the control)", async () => {
    await ssh("home", "sudo systemctl disable immich-proxy.socket immich-proxy.service");
    try {
      await rebootMachine("home");
      await answered(vault);
      expect((await ask(photos)).status).to.be.above(499);
      expect((await stateOf("home", "immich-proxy.service")).active).to.equal("inactive (dead)");
    } finally {
      await ssh("home", "sudo systemctl enable --now immich-proxy.socket immich-proxy.service");
      await answered(photos);
    }
  });
});
