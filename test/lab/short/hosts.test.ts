import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { leaseSeconds, renewalSeconds } from "../../../lab/dhcp.ts";
import { poll } from "../../../lab/poll.ts";
import { runInNetwork, ssh } from "../../../lab/run.ts";
import { tailnetAddresses, tailnetDomain } from "../../../lab/tailnet.ts";
import { hosts, services } from "../../../lab/topology.ts";
import { systemOf } from "../../../lab/variant.ts";

/** https://tailscale.com/docs/reference/quad100 */
const tailscaleResolver = "100.100.100.100";

/** The machines that belong to every lab. */
const machines = ["vps", "home"] as const;
type Machine = (typeof machines)[number];

/** The status of a page on the lab's internet, for a unit with these properties; 000 without an answer. */
function statusForUnit(host: Machine, ...properties: string[]): Promise<string> {
  const unit = ["systemd-run", "--quiet", "--pipe", "--collect", ...properties.map((one) => `-p ${one}`)];
  const url = `http://${services.mirror.address}/`;
  const curl = `curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}' ${url}`;
  return ssh(host, `sudo ${unit.join(" ")} ${curl} || true`);
}

/** Runs the script, and waits up to these seconds until /etc/resolv.conf is a new file with Tailscale's server. */
async function expectReplaced(host: Machine, script: string, seconds: number): Promise<void> {
  const isAnother = '[ "$(stat -L -c %i /proc/self/fd/3)" != "$(stat -c %i /etc/resolv.conf)" ]';
  const done = `${isAnother} && grep -qx 'nameserver ${tailscaleResolver}' /etc/resolv.conf && exit 0`;
  const wait = `for second in $(seq ${seconds}); do ${done}; sleep 1; done; cat /etc/resolv.conf >&2; exit 1`;
  await ssh(host, `exec 3</etc/resolv.conf; ${script}; ${wait}`);
}

/** The address of a name from the host's own resolver. */
const resolved = (host: Machine, name: string) =>
  ssh(host, `getent ahostsv4 ${name} | awk '{ print $1; exit }'`);

describe("a machine of the lab is set up as its vendor's defaults leave it:", () => {
  for (const host of machines) {
    it(`${host} enforces the address filters of units`, async () => {
      expect(await ssh(host, "stat --file-system --format %T /sys/fs/cgroup")).to.equal("cgroup2fs");
      const allowed = `IPAddressAllow=${services.mirror.address}`;
      expect(await statusForUnit(host), "without a filter").to.equal("404");
      expect(await statusForUnit(host, "IPAddressDeny=any", allowed), "allowed").to.equal("404");
      expect(await statusForUnit(host, "IPAddressDeny=any"), "denied").to.equal("000");
    });

    it(`${host} resolves the tailnet's names and the internet's once Tailscale has started`, async () => {
      await ssh(host, "sudo systemctl restart tailscaled");
      const { ipv4 } = await tailnetAddresses("home");
      await poll(async () => expect(await resolved(host, `home.${tailnetDomain}`)).to.equal(ipv4), {
        what: `the tailnet's names on ${host}`,
        timeout: 20_000,
      });
      expect(await resolved(host, services.mirror.name)).to.equal(services.mirror.address);
    });

    it(`${host} has an /etc/resolv.conf that other programs write: a link of systemd-resolved, or a file`, async () => {
      if (systemOf(host).network === "networkd") {
        const stub = "/run/systemd/resolve/stub-resolv.conf";
        expect(await ssh(host, "readlink --canonicalize /etc/resolv.conf")).to.equal(stub);
        return;
      }
      await expectReplaced(host, "sudo systemctl restart tailscaled", 20);
      // Tailscale has finished. From now on the DHCP client replaces the file at each renewal, and Tailscale restores
      // its own at once: two renames, each of which would remove a bind mount over the file.
      await sleep(5000);
      await expectReplaced(host, "true", 2 * renewalSeconds);
    });
  }

  it("home has its address from the router, for a limited time", async () => {
    const eth0 = await ssh("home", "ip -4 -oneline address show dev eth0");
    expect(eth0).to.contain(` ${hosts.home.address}/24 `).and.to.contain("dynamic");
    const [, seconds] = /valid_lft (\d+)sec/.exec(eth0) ?? [];
    expect(Number(seconds)).to.be.within(1, leaseSeconds);
  });

  it("home answers on 80 and 443 for a LoadBalancer, although no program listens there", async () => {
    const ask = (port: number) =>
      runInNetwork("laptop", ["curl", "--silent", "--fail", `http://${hosts.home.address}:${port}/get`]);
    for (const port of [80, 443])
      await poll(async () => expect(JSON.parse(await ask(port))).to.have.property("url"), {
        what: `the LoadBalancer on port ${port}`,
        timeout: 60_000,
        interval: 500,
      });
    expect(await ssh("home", "ss -Hltn '( sport = :80 or sport = :443 )'")).to.equal("");
  });
});
