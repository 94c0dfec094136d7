import { expect } from "chai";
import { poll } from "../../lab/poll.ts";
import { runStack } from "../../lab/operator.ts";
import { rebootMachine } from "../../lab/reboot.ts";
import { run, ssh } from "../../lab/run.ts";
import { declaredApps } from "../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../lab/tailnet.ts";
import { hosts, lan, netns, router } from "../../lab/topology.ts";
import { scan, scanFromPod } from "./scan.ts";

/** Open to everybody at home, UFW's doing: a scan that sees them would see more. */
const ssh22 = 22;
const apiServer = 6443;
const published = 8080;
const tailnetOnly = 8082;
const proxyPorts = Array.from({ length: 21 }, (_, index) => 8080 + index);
const homePorts = [ssh22, apiServer, ...proxyPorts];

describe("the firewall", function () {
  let home: { ipv4: string; ipv6: string };
  const ofLan = [hosts.home.address, ...hosts.home.addresses6];

  before("an app for the internet and one for the tailnet", async () => {
    const { immich, vaultwarden } = declaredApps();
    const apps = { immich: { ...immich }, vaultwarden: { ...vaultwarden, internet: false } };
    await runStack({ operation: "up", apps });
    home = await tailnetAddresses("home");
    await openRouter(home);
  });

  after(() => closeRouter(home));

  /** Each vantage point's view of the home: every address that could lead there. */
  async function views() {
    const all = [home.ipv4, home.ipv6, ...ofLan];
    const [vps, phone, laptop, client, pod] = await Promise.all([
      scan("vps", [home.ipv4, home.ipv6], homePorts),
      scan("phone", [home.ipv4, home.ipv6], homePorts),
      scan("laptop", all, homePorts),
      scan("client", all, homePorts),
      scanFromPod("immich", [home.ipv4, hosts.home.address], homePorts),
    ]);
    return { vps, phone, laptop, client, pod };
  }

  /** Nobody but the edge gets to the published app, nobody but the tailnet to the other one. */
  function wanted(): Awaited<ReturnType<typeof views>> {
    const open = [ssh22, apiServer];
    const everywhere = (addresses: string[]) => Object.fromEntries(addresses.map((one) => [one, open]));
    return {
      vps: { [home.ipv4]: [...open, published, tailnetOnly], [home.ipv6]: open },
      phone: { [home.ipv4]: [...open, tailnetOnly], [home.ipv6]: open },
      laptop: everywhere([home.ipv4, home.ipv6, ...ofLan]),
      client: everywhere([home.ipv4, home.ipv6, ...ofLan]),
      pod: everywhere([home.ipv4, hosts.home.address]),
    };
  }

  const edgeAddresses = [hosts.vps.address, ...hosts.vps.addresses6];
  /** Another program that somebody runs on the VPS. */
  const stranger = 9000;

  async function edgeView() {
    const usual = Array.from({ length: 1024 }, (_, index) => index + 1);
    const listening = await poll(
      async () => {
        const sockets = await ssh("vps", "ss -Hltn | awk '{print $4}' | grep -o '[0-9]*$'");
        const ports = sockets.split("\n").map(Number);
        expect(ports).to.include(stranger);
        return ports;
      },
      { what: `the stranger to listen on ${stranger}`, timeout: 20_000 },
    );
    return scan("client", edgeAddresses, [...new Set([...usual, ...proxyPorts, ...listening])]);
  }

  const startStranger = () =>
    ssh(
      "vps",
      `sudo systemd-run --quiet --collect --unit=stranger socat TCP6-LISTEN:${stranger},ipv6only=0,reuseaddr,fork OPEN:/dev/null`,
    );

  const stopStranger = () => ssh("vps", "sudo systemctl stop stranger", { reject: false });

  function checkAll(when: string) {
    it(`lets each in where it belongs ${when}: edge, tailnet, home LAN, internet, pod`, async () => {
      expect(await views()).to.deep.equal(wanted());
    });

    it(`lets the internet to 22, 80 and 443 of the edge ${when}, over IPv4 and IPv6`, async () => {
      await startStranger();
      try {
        const open = [22, 80, 443];
        const wantedOfEdge = Object.fromEntries(edgeAddresses.map((address) => [address, open]));
        expect(await edgeView()).to.deep.equal(wantedOfEdge);
      } finally {
        await stopStranger();
      }
    });
  }

  checkAll("from the first minute");

  it("is what keeps out the tailnet and the pods, and UFW the home's LAN and the internet too", async () => {
    // The unit's own limit is lifted too, where the kernel can enforce it.
    await ssh("home", `sudo systemctl set-property --runtime immich-proxy IPAddressAllow=any`);
    await ssh("home", "sudo nft delete table inet mynodeone_immich");
    try {
      const open = await views();
      const reached = () =>
        Object.entries(open)
          .filter(([, seen]) => seen[home.ipv4]?.includes(published))
          .map(([from]) => from);
      expect(reached(), "without the proxy's table").to.have.members(["vps", "phone", "pod"]);
      await ssh("home", "sudo ufw disable");
      Object.assign(open, await views());
      expect(reached(), "without UFW").to.have.members(["vps", "phone", "pod", "laptop", "client"]);
    } finally {
      await ssh("home", "sudo ufw --force enable");
      const dropIns = "/run/systemd/system.control/immich-proxy.service.d";
      await ssh("home", `sudo rm -rf ${dropIns} && sudo systemctl daemon-reload`);
      await ssh("home", "sudo systemctl restart immich-proxy");
    }
    expect(await views()).to.deep.equal(wanted());
  });

  it("is what keeps the internet from the edge's other programs: with UFW off they answer", async () => {
    await startStranger();
    await ssh("vps", "sudo ufw disable");
    try {
      for (const open of Object.values(await edgeView())) expect(open).to.include(stranger);
    } finally {
      await ssh("vps", "sudo ufw --force enable");
      await stopStranger();
    }
  });

  it("keeps out a neighbour whose provider gives out the tailnet's addresses", async () => {
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
      expect(await seen(), "by our table").to.deep.equal({ [home.ipv4]: [ssh22, apiServer] });
      await ssh("home", "sudo nft delete table inet mynodeone_vaultwarden");
      expect(await seen(), "by nobody").to.deep.equal({ [home.ipv4]: [ssh22, apiServer, tailnetOnly] });
    } finally {
      await ssh("home", "sudo ufw --force enable && sudo tailscale set --netfilter-mode=on");
      await ssh("home", "sudo systemctl restart vaultwarden-proxy");
      await ip("laptop", "route", "change", home.ipv4, "via", hosts.home.address);
      await ip("laptop", "address", "delete", `${neighbour}/32`, "dev", "eth0");
      await ip("home", "route", "delete", neighbour);
    }
  });

  describe("of rebooted hosts", () => {
    before(() => Promise.all([rebootMachine("home"), rebootMachine("vps")]));
    checkAll("after reboots");
  });
});

/*
 * The home's router keeps the internet out, and nobody in the LAN would look for the tailnet's addresses there. Here
 * both are otherwise, so that it is the home itself that says no.
 */
async function openRouter(home: { ipv4: string; ipv6: string }): Promise<void> {
  await forward("accept");
  for (const [host, network, via] of detours(home)) await ip(host, "route", "add", network, "via", via);
}

async function closeRouter(home: { ipv4: string; ipv6: string }): Promise<void> {
  for (const [host, network, via] of detours(home)) await ip(host, "route", "delete", network, "via", via);
  await forward("drop");
}

function detours({ ipv4, ipv6 }: { ipv4: string; ipv6: string }): [string, string, string][] {
  const { address, addresses6 } = hosts.home;
  const [global = "", local = ""] = addresses6;
  return [
    ["laptop", ipv4, address],
    ["laptop", ipv6, global],
    ["router", ipv4, address],
    ["router", ipv6, global],
    ["router", local, global],
    ["client", lan.subnet, router.inet],
    ["client", local, router.inet6],
    ["client", ipv4, router.inet],
    ["client", ipv6, router.inet6],
  ];
}

async function forward(policy: "accept" | "drop"): Promise<void> {
  const rules = `chain inet router forward { policy ${policy}; }`;
  await run("nsenter", [`--net=/run/netns/${netns("router")}`, "nft", rules]);
}

async function ip(host: string, ...args: string[]): Promise<void> {
  await run("ip", ["-n", netns(host), ...args]);
}
