import { expect } from "chai";
import { nft } from "../../../lab/network.ts";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { runInNetwork, ssh, type HostName } from "../../../lab/run.ts";
import { labConfig } from "../../../lab/stackConfig.ts";
import { hosts } from "../../../lab/topology.ts";
import { failureOf } from "../failure.ts";
import { smallStack } from "../smallStack.ts";

const up = { operation: "up", apps: smallStack } as const;
const destroy = { operation: "destroy", apps: smallStack } as const;
const machines = ["vps", "home"] as const;

/** Runs a script as root. */
const as = (host: HostName, script: string) => ssh(host, "sudo sh -eu", { input: script });
const rulesOf = async (host: HostName) => (await as(host, "ufw show added")).split("\n").slice(1);
const isOn = async (host: HostName) => (await as(host, "ufw status")).startsWith("Status: active");

/** Whether an SSH server greets at this port, dialled from outside of the host. */
async function greets(host: HostName, port: number): Promise<boolean> {
  const from = host === "home" ? "laptop" : "client";
  const dial = `exec 3<>/dev/tcp/${hosts[host].address}/${port} && head -n 1 <&3`;
  const said = await runInNetwork(from, ["timeout", "4", "bash", "-c", dial], { reject: false });
  return said.startsWith("SSH-2.0");
}

const ownSsh = {
  vps: "allow 22/tcp comment 'mynodeone:edge'",
  home: "allow 22/tcp comment 'mynodeone:control-plane'",
};

describe("SSH to a host", () => {
  before(() => runStack({ operation: "destroy" }));

  afterEach(async () => {
    await runStack({ operation: "destroy" });
    for (const host of machines) {
      await as(host, "ufw --force disable; ufw --force reset >/dev/null; rm -f /etc/ufw/*.rules.2*");
    }
  });

  it("stays open at the server's own port behind a port forward", async () => {
    const forward = `table ip forward {
      chain output {
        type nat hook output priority -100;
        ip daddr ${hosts.home.address} tcp dport 2222 dnat to ${hosts.home.address}:22
      }
    }`;
    await nft("laptop", forward);
    try {
      const config = labConfig();
      Object.assign(config["mynodeone:controlPlane"].ssh, { port: 2222 });
      await runStack({ ...up, config });
      expect(await isOn("home")).to.equal(true);
      expect(await greets("home", 2222)).to.equal(true);
      // The control. Another hand opens the port again, since no session could.
      await as(
        "home",
        `ufw delete allow 22/tcp && systemd-run --quiet --on-active=8 --timer-property=AccuracySec=100ms ufw ${ownSsh.home}`,
      );
      expect(await greets("home", 2222), "without our rule").to.equal(false);
      await poll(() => ssh("home", "true"), { what: "the port to be open again", timeout: 60_000 });
      await runStack({ ...destroy, config });
      expect(await isOn("home")).to.equal(false);
    } finally {
      await nft("laptop", "delete table ip forward");
    }
  });

  it("stays open at every port of a server with several, one of them a socket of systemd's", async () => {
    await as(
      "vps",
      `systemd-run --quiet --collect --unit=another-sshd /usr/sbin/sshd -D -p 2200 -o ListenAddress=${hosts.vps.address}
      systemd-run --quiet --collect --unit=not-ssh socat TCP-LISTEN:2202,fork,reuseaddr 'SYSTEM:echo SSH-2.0-not'
      mkdir -p /run/systemd/system/ssh.socket.d
      printf '[Socket]\\nListenStream=\\nListenStream=22\\nListenStream=2201\\n' > /run/systemd/system/ssh.socket.d/port.conf
      systemctl daemon-reload
      systemctl stop ssh
      systemctl start ssh.socket`,
    );
    try {
      const ports = [22, 2200, 2201, 2202];
      const open = () => Promise.all(ports.map((port) => greets("vps", port)));
      expect(await open(), "before").to.deep.equal([true, true, true, true]);
      await runStack(up);
      expect(await open(), "the program on 2202 is not an SSH server").to.deep.equal([
        true,
        true,
        true,
        false,
      ]);
    } finally {
      await as(
        "vps",
        `systemctl stop ssh.socket another-sshd not-ssh
        rm -rf /run/systemd/system/ssh.socket.d
        systemctl daemon-reload
        systemctl start ssh`,
      );
    }
  });

  it("keeps the user's limit, which does not count our own sessions", async () => {
    for (const host of machines) await as(host, "ufw limit 22/tcp; ufw allow 6443/tcp; ufw --force enable");
    const before = await Promise.all(machines.map(rulesOf));
    await runStack(up);
    await runStack(destroy);
    expect(await Promise.all(machines.map(rulesOf))).to.deep.equal(before);
    expect(await Promise.all(machines.map(isOn))).to.deep.equal([true, true]);
    expect(await Promise.all(machines.map((host) => greets(host, 22)))).to.deep.equal([true, true]);
  });

  it("stays open after a destroy that leaves UFW on, by our rule where there is no other", async () => {
    await as("vps", "ufw default allow incoming; ufw --force enable");
    await runStack(up);
    await as("vps", "ufw default deny incoming");
    await as("home", "rm /etc/mynodeone/ufw-before");
    let told = "";
    await runStack(destroy, (text) => (told += text));
    for (const host of machines) {
      expect(await isOn(host), host).to.equal(true);
      expect(await greets(host, 22), host).to.equal(true);
      expect(await rulesOf(host), host).to.deep.equal([`ufw ${ownSsh[host]}`]);
    }
    expect(told).to.match(/edge-firewall: the UFW rule "allow 22\/tcp" stays/);
    expect(told).to.match(/home-firewall: the UFW rule "allow 22\/tcp" stays/);
  });

  it("is refused before UFW is turned on where a rule of the user's denies it", async () => {
    await as("home", "ufw deny 22");
    const failure = await failureOf(runStack(up));
    expect(failure)
      .to.contain('ControlPlane "home"')
      .and.contain("UFW, once it runs, would refuse SSH at port 22");
    expect(failure).to.contain("sudo ufw delete deny 22");
    expect(await isOn("home")).to.equal(false);
    expect(await isOn("vps")).to.equal(false);
    expect(await rulesOf("home")).to.deep.equal(["ufw deny 22"]);
  });
});
