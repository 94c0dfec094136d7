import { expect } from "chai";
import { poll } from "../../../lab/poll.ts";
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

const isOurs = (table: string) => table.startsWith("table inet mynodeone");

describe("the firewall", () => {
  let home: HomeAddresses;

  before("bring up an app on the internet and one in the tailnet", async () => {
    home = await prepareHosts();
  });

  after(() => closeRouter(home));

  itLetsInNobodyElse(() => home);

  it("blocks tailnet and pods by the proxy's table, and LAN and internet by UFW (the control)", async () => {
    // The socket's own limit is lifted, too, if the kernel can enforce it.
    await ssh("home", `sudo systemctl set-property --runtime immich-proxy.socket IPAddressAllow=any`);
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
      const dropIns = "/run/systemd/system.control/immich-proxy.socket.d";
      await ssh("home", `sudo rm -rf ${dropIns} && sudo systemctl daemon-reload`);
      await ssh("home", "sudo systemctl restart immich-proxy.socket mynodeone-firewall");
    }
  });

  it("limits edges to published ports by a separate table (the control)", async () => {
    await ssh("home", "sudo systemctl stop mynodeone-firewall && sudo nft delete table inet mynodeone-edges");
    try {
      const { vps, phone } = await viewsOfHome(home);
      expect(vps[home.ipv4]).to.have.members([...(phone[home.ipv4] ?? []), published]);
      expect(vps[home.ipv6]).to.deep.equal(phone[home.ipv6]);
    } finally {
      await ssh("home", "sudo systemctl start mynodeone-firewall");
    }
  });

  it("blocks the edge's other users from proxies by a separate table (the control)", async () => {
    // tailscaled, which runs as root, makes connections for every user.
    const viaTailscaled = () => ssh("vps", `tailscale nc ${home.ipv4} ${published} </dev/null 2>&1 || true`);
    expect(await viaTailscaled()).to.contain("no route to host");
    await ssh("vps", "sudo systemctl stop mynodeone-firewall && sudo nft delete table inet mynodeone-egress");
    try {
      const { vpsUser } = await viewsOfHome(home);
      expect(vpsUser[home.ipv4]).to.deep.equal([published]);
      expect(await viaTailscaled()).not.to.contain("no route to host");
    } finally {
      await ssh("vps", "sudo systemctl start mynodeone-firewall");
    }
  });

  it("blocks pods from SSH of the home by a separate table (the control)", async () => {
    await ssh(
      "home",
      "sudo systemctl stop mynodeone-firewall && sudo nft delete table inet mynodeone-cluster",
    );
    try {
      const { pod } = await viewsOfHome(home);
      expect(pod[home.ipv4]).to.include(22);
    } finally {
      await ssh("home", "sudo systemctl start mynodeone-firewall");
    }
  });

  it("restores its tables if another program removes all (the control)", async () => {
    for (const host of ["home", "vps"] as const) {
      const tables = async () => (await ssh(host, "sudo nft list tables")).split("\n").filter(isOurs).sort();
      const before = await tables();
      expect(before, host).to.include(
        host === "home" ? "table inet mynodeone-edges" : "table inet mynodeone-egress",
      );
      const removed = before.map((table) => `delete ${table}`).join("; ");
      await ssh(host, `sudo nft '${removed}'`);
      await poll(async () => expect(await tables()).to.deep.equal(before), {
        what: `the tables of ${host}`,
        timeout: 20_000,
      });
    }
    const { vps, vpsUser } = await viewsOfHome(home);
    expect(vps[home.ipv4]).to.deep.equal([published]);
    expect(vpsUser[home.ipv4]).to.deep.equal([]);
  });

  it("blocks the edge's other programs by UFW: without it they answer (the control)", async () => {
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
      // With all other barriers removed, only this one is left.
      const open = [...openAtHome, 10250, 10256];
      expect(await seen(), "by our table").to.deep.equal({ [home.ipv4]: open });
      await ssh("home", "sudo systemctl stop mynodeone-firewall");
      await ssh("home", "sudo nft delete table inet mynodeone_vaultwarden");
      expect(await seen(), "by nobody").to.deep.equal({ [home.ipv4]: [...open, tailnetOnly] });
    } finally {
      await ssh("home", "sudo ufw --force enable && sudo tailscale set --netfilter-mode=on");
      await ssh("home", "sudo systemctl restart vaultwarden-proxy.socket mynodeone-firewall");
      await ip("laptop", "route", "change", home.ipv4, "via", hosts.home.address);
      await ip("laptop", "address", "delete", `${neighbour}/32`, "dev", "eth0");
      await ip("home", "route", "delete", neighbour);
    }
  });
});
