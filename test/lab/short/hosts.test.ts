import { expect } from "chai";
import { ssh } from "../../../lab/run.ts";
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

describe("a machine of the lab is set up as its vendor's defaults leave it:", () => {
  for (const host of machines) {
    it(`${host} enforces the address filters of units`, async () => {
      expect(await ssh(host, "stat --file-system --format %T /sys/fs/cgroup")).to.equal("cgroup2fs");
      const allowed = `IPAddressAllow=${services.mirror.address}`;
      expect(await statusForUnit(host), "without a filter").to.equal("404");
      expect(await statusForUnit(host, "IPAddressDeny=any", allowed), "allowed").to.equal("404");
      expect(await statusForUnit(host, "IPAddressDeny=any"), "denied").to.equal("000");
    });
  }
});
