import { expect } from "chai";
import { privateRules } from "../../../components/host/firewall/ufw.ts";
import { onConsole } from "../../../lab/machines.ts";
import { nft } from "../../../lab/network.ts";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { runInNetwork } from "../../../lab/run.ts";
import { labConfig } from "../../../lab/stackConfig.ts";
import { domain, hosts, type MachineName } from "../../../lab/topology.ts";
import { makeRecord, removeRecord } from "../../../lab/vendors.ts";
import { failureOf } from "../failure.ts";
import { smallStack, withoutPage } from "../smallStack.ts";

const up = { operation: "up", apps: smallStack } as const;
const destroy = { operation: "destroy", apps: smallStack } as const;
const machines = ["vps", "home"] as const;

// Without a connection that a limit could count or a firewall refuse.
const rulesOf = async (host: MachineName) => (await onConsole(host, "ufw show added")).split("\n").slice(1);
const isOn = async (host: MachineName) => (await onConsole(host, "ufw status")).startsWith("Status: active");

/** Whether an SSH server answers at this port, tested from outside of the host. */
async function greets(host: MachineName, port: number): Promise<boolean> {
  const from = host === "home" ? "laptop" : "client";
  const dial = `exec 3<>/dev/tcp/${hosts[host].address}/${port} && head -n 1 <&3`;
  const said = await runInNetwork(from, ["timeout", "4", "bash", "-c", dial], { reject: false });
  return said.startsWith("SSH-2.0");
}

/** A host's IPv6 address on the internet. */
const addressOf = (host: keyof typeof hosts) => hosts[host].addresses6[0] ?? "";

const { ipv4, ipv6 } = privateRules(22);
const atHome = (rule: string) => `ufw ${rule} comment 'mynodeone:control-plane'`;
/** The program's rules that allow SSH. */
const ownSsh = {
  vps: ["ufw allow 22/tcp comment 'mynodeone:edge'"],
  home: [...ipv4, ...ipv6].map(atHome),
};
/** The home's rule that admits the laptop. */
const [forLaptop = ""] = ipv4;

describe("SSH to a host", () => {
  before(() => runStack({ operation: "destroy" }));

  afterEach(async () => {
    await runStack({ operation: "destroy" });
    for (const host of machines) {
      await onConsole(host, "ufw --force disable; ufw --force reset >/dev/null; rm -f /etc/ufw/*.rules.2*");
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
      await onConsole("home", `ufw delete ${forLaptop}`);
      expect(await greets("home", 2222), "without our rule").to.equal(false);
      await onConsole("home", atHome(forLaptop));
      await runStack({ ...destroy, config });
      expect(await isOn("home")).to.equal(false);
    } finally {
      await nft("laptop", "delete table ip forward");
    }
  });

  it("stays open at every port of a server with several, one of them a socket of systemd's", async () => {
    // Ubuntu enables it by default.
    const socket = await onConsole("vps", "systemctl is-enabled ssh.socket || true");
    await onConsole(
      "vps",
      `systemd-run --quiet --collect --unit=another-sshd /usr/sbin/sshd -D -p 2200 -o ListenAddress=${hosts.vps.address}
      systemd-run --quiet --collect --unit=not-ssh socat TCP-LISTEN:2202,fork,reuseaddr 'SYSTEM:echo SSH-2.0-not'
      mkdir -p /run/systemd/system/ssh.socket.d
      printf '[Socket]\\nListenStream=\\nListenStream=22\\nListenStream=2201\\n' > /run/systemd/system/ssh.socket.d/port.conf
      systemctl daemon-reload
      systemctl stop ssh ssh.socket
      systemctl start ssh.socket`,
    );
    try {
      const ports = [22, 2200, 2201, 2202];
      const greeted = (what: string, wanted: boolean[]) => {
        const open = async () =>
          expect(await Promise.all(ports.map((port) => greets("vps", port)))).to.deep.equal(wanted);
        return poll(open, { what, timeout: 20_000 });
      };
      await greeted("all four servers", [true, true, true, true]);
      await runStack(up);
      await greeted("SSH servers alone: the program on 2202 is none", [true, true, true, false]);
    } finally {
      await onConsole(
        "vps",
        // From Debian 13 on, the socket has started a server that has both ports.
        `systemctl stop ssh ssh.socket another-sshd not-ssh
        rm -rf /run/systemd/system/ssh.socket.d
        systemctl daemon-reload
        systemctl start ssh ${socket === "enabled" ? "ssh.socket" : ""}`,
      );
    }
    expect(await greets("vps", 2201), "as it was").to.equal(false);
    expect(await greets("vps", 22), "as it was").to.equal(true);
  });

  it("keeps the user's limit, which does not count the program's own sessions", async () => {
    for (const host of machines)
      await onConsole(host, "ufw limit 22/tcp; ufw allow 6443/tcp; ufw --force enable");
    const before = await Promise.all(machines.map(rulesOf));
    await runStack(up);
    await runStack(destroy);
    expect(await Promise.all(machines.map(rulesOf))).to.deep.equal(before);
    expect(await Promise.all(machines.map(isOn))).to.deep.equal([true, true]);
    expect(await Promise.all(machines.map((host) => greets(host, 22)))).to.deep.equal([true, true]);
  });

  it("stays open over IPv6, and keeps the user's limit there", async () => {
    const names = { vps: "vps6", home: "home6" };
    const records = await Promise.all(
      machines.map((host) =>
        makeRecord({ name: `${names[host]}.${domain}`, type: "AAAA", content: addressOf(host) }),
      ),
    );
    try {
      const config = labConfig();
      for (const { ssh } of config["mynodeone:edges"]) ssh.host = `${names.vps}.${domain}`;
      config["mynodeone:controlPlane"].ssh.host = `${names.home}.${domain}`;
      await onConsole("vps", "ufw limit 22/tcp; ufw --force enable");
      const before = await rulesOf("vps");
      await runStack({ ...withoutPage, config });
      expect(await rulesOf("vps")).to.include(
        `ufw allow from ${addressOf("laptop")} to any port 22 proto tcp comment 'mynodeone:edge'`,
      );
      expect(await isOn("home")).to.equal(true);
      // The laptop's address is not in a private network.
      expect(await rulesOf("home")).to.include(atHome("allow 22/tcp"));
      // Sessions with a firewall that is already active.
      await runStack({ ...up, config });
      await runStack({ ...destroy, config });
      expect(await rulesOf("vps")).to.deep.equal(before);
      expect(await isOn("home")).to.equal(false);
    } finally {
      await Promise.all(records.map(removeRecord));
    }
  });

  it("is limited to private networks and the tailnet at home, which replaces an earlier version's rule", async () => {
    await runStack(withoutPage);
    await onConsole("home", `ufw allow 22/tcp comment 'mynodeone:control-plane'; ufw delete ${forLaptop}`);
    const config = {
      ...labConfig(),
      "mynodeone:clusterCidrs": ["10.42.0.0/16", "10.43.0.0/16", "10.44.0.0/16"],
    };
    await runStack({ ...withoutPage, config });
    const rules = await rulesOf("home");
    expect(rules).to.include.members(ownSsh.home).and.not.include(atHome("allow 22/tcp"));
    expect(rules).to.include(atHome(forLaptop.replace("port 22", "port 6443")));
    await onConsole("home", "ufw allow 22/tcp");
    await runStack(withoutPage);
    expect(await rulesOf("home"), "a rule of the user's").to.include("ufw allow 22/tcp");
  });

  it("stays open after a destroy that leaves UFW enabled, by the program's rule if there is no other", async () => {
    await onConsole("vps", "ufw default allow incoming; ufw --force enable");
    await runStack(up);
    await onConsole("vps", "ufw default deny incoming");
    await onConsole("home", "rm /etc/mynodeone/ufw-before");
    let output = "";
    await runStack(destroy, (text) => (output += text));
    for (const host of machines) {
      expect(await isOn(host), host).to.equal(true);
      expect(await greets(host, 22), host).to.equal(true);
      expect(await rulesOf(host), host).to.have.members(ownSsh[host]);
    }
    expect(output).to.match(/edge-firewall: the UFW rule "allow 22\/tcp" stays/);
    expect(output).to.contain(`home-firewall: the UFW rule "${forLaptop}" stays`);
  });

  it("is checked before UFW is enabled: the run fails if a rule of the user denies it", async () => {
    await onConsole("home", "ufw deny 22");
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
