import { expect } from "chai";
import { poll } from "../../../lab/poll.ts";
import { ssh } from "../../../lab/run.ts";
import { tailnetAddresses, tailnetDomain } from "../../../lab/tailnet.ts";
import { services } from "../../../lab/topology.ts";

/** The machines that belong to every lab. */
const machines = ["vps", "home"] as const;

/** The status of a page of the lab's internet, for a unit with these properties; 000 without an answer. */
function statusForUnit(host: (typeof machines)[number], ...properties: string[]): Promise<string> {
  const unit = ["systemd-run", "--quiet", "--pipe", "--collect", ...properties.map((one) => `-p ${one}`)];
  const url = `http://${services.mirror.address}/`;
  const curl = `curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}' ${url}`;
  return ssh(host, `sudo ${unit.join(" ")} ${curl} || true`);
}

/** Runs the script, after which /etc/resolv.conf is another file, even if its content is the same. */
async function expectReplaced(host: (typeof machines)[number], script: string): Promise<void> {
  const isAnother = '[ "$(stat -L -c %i /proc/self/fd/3)" != "$(stat -L -c %i /etc/resolv.conf)" ]';
  const wait = `for try in $(seq 100); do ${isAnother} && exit 0; sleep 0.1; done; exit 1`;
  await ssh(host, `exec 3</etc/resolv.conf; ${script}; ${wait}`);
}

/** The address that the host's own resolver has for a name. */
const resolved = (host: (typeof machines)[number], name: string) =>
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

    it(`${host} resolves the tailnet's names and the internet's`, async () => {
      const { ipv4 } = await tailnetAddresses("home");
      expect(await resolved(host, `home.${tailnetDomain}`)).to.equal(ipv4);
      expect(await resolved(host, services.mirror.name)).to.equal(services.mirror.address);
    });
  }

  it("home has its resolv.conf replaced by Tailscale at each start", async () => {
    await expectReplaced("home", "sudo systemctl restart tailscaled");
    const tailscales = async () =>
      expect(await ssh("home", "cat /etc/resolv.conf")).to.contain("100.100.100.100");
    await poll(tailscales, { what: "Tailscale's name server at home", timeout: 20_000 });
  });
});
