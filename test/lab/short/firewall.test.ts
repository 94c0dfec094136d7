import { expect } from "chai";
import { ssh } from "../../../lab/run.ts";
import { hosts } from "../../../lab/topology.ts";
import { ip } from "../../../lab/network.ts";
import { scan } from "../scan.ts";
import {
  closeRouter,
  homePorts,
  openAtHome,
  itLetsInNobodyElse,
  prepareHosts,
  published,
  strangerPort,
  tailnetOnly,
  viewOfEdge,
  viewsOfHome,
  type HomeAddresses,
} from "../vantagePoints.ts";

describe("the firewall", () => {
  let home: HomeAddresses;

  before("an app for the internet and one for the tailnet", async () => {
    home = await prepareHosts();
  });

  after(() => closeRouter(home));

  itLetsInNobodyElse(() => home);

  it("blocks tailnet and pods by the proxy's table, LAN and internet by UFW (the control)", async () => {
    // The unit's own limit is lifted too, where the kernel can enforce it.
    await ssh("home", `sudo systemctl set-property --runtime immich-proxy IPAddressAllow=any`);
    await ssh("home", "sudo systemctl stop mynodeone-firewall");
    await ssh("home", "sudo nft delete table inet mynodeone_immich");
    try {
      const reached = async () =>
        Object.entries(await viewsOfHome(home))
          .filter(([, seen]) => seen[home.ipv4]?.includes(published))
          .map(([from]) => from);
      expect(await reached(), "without the proxy's table").to.have.members(["vps", "phone", "pod"]);
      await ssh("home", "sudo ufw disable");
      const everywhere = ["vps", "phone", "pod", "laptop", "client"];
      expect(await reached(), "without UFW").to.have.members(everywhere);
    } finally {
      await ssh("home", "sudo ufw --force enable");
      const dropIns = "/run/systemd/system.control/immich-proxy.service.d";
      await ssh("home", `sudo rm -rf ${dropIns} && sudo systemctl daemon-reload`);
      await ssh("home", "sudo systemctl restart immich-proxy mynodeone-firewall");
    }
  });

  it("blocks the edge's other programs by UFW: with it off they answer (the control)", async () => {
    await ssh("vps", "sudo ufw disable");
    try {
      for (const open of Object.values(await viewOfEdge())) expect(open).to.include(strangerPort);
    } finally {
      await ssh("vps", "sudo ufw --force enable");
    }
  });

  it("blocks a neighbour whose provider uses the tailnet's address range", async () => {
    // 100.64.0.0/10 is shared address space: https://www.rfc-editor.org/rfc/rfc6598
    const neighbour = "100.127.0.9";
    await ip("laptop", "address", "add", `${neighbour}/32`, "dev", "eth0");
    await ip("laptop", "route", "change", home.ipv4, "via", hosts.home.address, "src", neighbour);
    await ip("home", "route", "add", neighbour, "via", hosts.laptop.address);
    try {
      const seen = () => scan("laptop", [home.ipv4], homePorts);
      expect(await seen(), "by tailscaled").to.deep.equal({ [home.ipv4]: [] });
      await ssh("home", "sudo tailscale set --netfilter-mode=nodivert && sudo ufw disable");
      // With the gates of others open, ours is the one that is left.
      expect(await seen(), "by our table").to.deep.equal({ [home.ipv4]: openAtHome });
      await ssh("home", "sudo systemctl stop mynodeone-firewall");
      await ssh("home", "sudo nft delete table inet mynodeone_vaultwarden");
      expect(await seen(), "by nobody").to.deep.equal({ [home.ipv4]: [...openAtHome, tailnetOnly] });
    } finally {
      await ssh("home", "sudo ufw --force enable && sudo tailscale set --netfilter-mode=on");
      await ssh("home", "sudo systemctl restart vaultwarden-proxy mynodeone-firewall");
      await ip("laptop", "route", "change", home.ipv4, "via", hosts.home.address);
      await ip("laptop", "address", "delete", `${neighbour}/32`, "dev", "eth0");
      await ip("home", "route", "delete", neighbour);
    }
  });
});
