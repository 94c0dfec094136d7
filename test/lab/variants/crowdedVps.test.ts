import { expect } from "chai";
import { ssh } from "../../../lab/run.ts";
import { hosts } from "../../../lab/topology.ts";
import { errorsOf } from "../refusal.ts";
import { changesBetween, takeSnapshot, type Selection } from "../hostSnapshot.ts";
import { ask } from "../outside.ts";

/** What the provider's image contains. */
const foreign: Selection = {
  file: "/etc/nginx /etc/nftables.conf /var/www",
  unit: "nginx.service nftables.service",
  table: "-x 'inet filter'",
};

describe("a VPS whose image has a web server and its own rules", () => {
  it("rejects the web ports by its image's rules, and has nginx on port 80 (the control)", async () => {
    expect(await ssh("vps", "sudo nft list chain inet filter input")).to.contain("reject");
    expect(await ssh("vps", "sudo ss -Hltnp 'sport = :80'")).to.contain("nginx");
    const refused = await ask(`http://${hosts.vps.address}/`).catch((error: unknown) => error);
    expect(refused).to.have.property("exitCode", 7);
  });

  it("is refused by an up that names nginx, and is not changed", async () => {
    const before = await takeSnapshot("vps", foreign);
    const { errors } = await errorsOf({ operation: "up" });
    expect(errors.join("\n")).to.match(/port 80 is taken by nginx \(process \d+\)/);
    expect(changesBetween(before, await takeSnapshot("vps", foreign))).to.deep.equal([]);
    await ssh("vps", "! test -e /etc/traefik && sudo ufw status | grep -q inactive");
  });
});
