import { expect } from "chai";
import { execa } from "execa";
import { inCluster } from "../../../lab/cluster/index.ts";
import { onConsole } from "../../../lab/machines.ts";
import { ip } from "../../../lab/network.ts";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { insideNetwork, type HostName } from "../../../lab/run.ts";
import { labConfig } from "../../../lab/stackConfig.ts";
import { acceptRoutes, advertiseRoutes, tailnetAddresses } from "../../../lab/tailnet.ts";
import { hosts, kubernetes, lan } from "../../../lab/topology.ts";
import { scan, scanFromPod } from "../scan.ts";
import {
  addOtherPod,
  connectByTunnel,
  connectOverLan,
  disconnectOverLan,
  otherPod,
  removeOtherPod,
  removeTunnel,
} from "../secondNode.ts";
import { closeRouter, prepareHosts, traefikUser, type HomeAddresses } from "../vantagePoints.ts";

const home = hosts.home.address;
const clusterNetworks = "10.42.0.0/15";
const dns = kubernetes.clusterDns;
const podPort = 2283;
const otherPort = 8099;

/** Runs a listening program in a host's network until `body` has ended. */
async function listening<T>(host: HostName, address: string, body: () => Promise<T>): Promise<T> {
  const program = `require("node:net").createServer().listen(${otherPort}, "${address}")`;
  const [command, args] = insideNetwork(host, [process.execPath, "--eval", program]);
  const child = execa(command, args, { reject: false });
  try {
    await poll(async () => expect(await scan(host, [address], [otherPort])).to.deep.equal(open(address)), {
      what: `a program on ${host} to listen`,
      timeout: 20_000,
    });
    return await body();
  } finally {
    child.kill();
    await child;
  }
}

const open = (address: string, port = otherPort) => ({ [address]: [port] });
const closed = (address: string) => ({ [address]: [] });

/** The control: the result without the home's table of its cluster. */
async function withoutTable<T>(table: string, body: () => Promise<T>): Promise<T> {
  // Without a connection from the place that the test uses.
  await onConsole("home", `systemctl stop mynodeone-firewall && nft delete table inet ${table}`);
  try {
    return await body();
  } finally {
    await onConsole("home", "systemctl start mynodeone-firewall");
    await poll(() => onConsole("home", `nft list table inet ${table}`), {
      what: `the table ${table}`,
      timeout: 20_000,
    });
  }
}

describe("access to the home's cluster from outside", () => {
  let addresses: HomeAddresses;
  let pod: string;

  before(async () => {
    addresses = await prepareHosts();
    const which = ["--field-selector=status.phase=Running", "--output=jsonpath={.items[0].status.podIP}"];
    pod = await inCluster(["-n", "immich", "get", "pods", ...which]);
  });

  after(async () => {
    await closeRouter(addresses);
    await runStack({ operation: "up" });
  });

  describe("a device of the LAN", () => {
    it("with a static route reaches neither pods nor ClusterIPs", async () => {
      await ip("laptop", "route", "add", clusterNetworks, "via", home);
      try {
        const seen = () => scan("laptop", [pod, dns], [53, podPort]);
        expect(await seen()).to.deep.equal({ [pod]: [], [dns]: [] });
        const reached = { [pod]: [podPort], [dns]: [53] };
        expect(await withoutTable("mynodeone-cluster", seen), "the control").to.deep.equal(reached);
      } finally {
        await ip("laptop", "route", "delete", clusterNetworks, "via", home);
      }
    });

    it("with a pod's address is refused by the home", async () => {
      const forged = "10.42.0.200";
      await ip("laptop", "address", "add", `${forged}/32`, "dev", "lo");
      await ip("laptop", "route", "add", `${home}/32`, "dev", "eth0", "src", forged);
      await ip("home", "route", "add", forged, "via", hosts.laptop.address);
      try {
        const seen = () => scan("laptop", [home], [22, 10256]);
        expect(await seen()).to.deep.equal(closed(home));
        const reached = { [home]: [22, 10256] };
        expect(await withoutTable("mynodeone-cluster", seen), "the control").to.deep.equal(reached);
      } finally {
        await ip("home", "route", "delete", forged);
        await ip("laptop", "route", "delete", `${home}/32`);
        await ip("laptop", "address", "delete", `${forged}/32`, "dev", "lo");
      }
    });

    it("reaches what Kubernetes publishes: a NodePort, and the address of a load balancer", async () => {
      const published = "10.77.0.200";
      await inCluster([
        ...["-n", "immich", "patch", "service", "lab-node-port", "--type=merge"],
        ...["--patch", JSON.stringify({ spec: { externalIPs: [published] } })],
      ]);
      // As MetalLB answers for it in layer 2 mode.
      await ip("laptop", "route", "add", published, "via", home);
      try {
        await poll(
          async () => expect(await scan("laptop", [published], [80])).to.deep.equal(open(published, 80)),
          { what: "the load balancer's address to be led to a pod", timeout: 20_000 },
        );
        expect(await scan("laptop", [home], [30080])).to.deep.equal(open(home, 30080));
      } finally {
        await ip("laptop", "route", "delete", published);
      }
    });
  });

  describe("an edge", () => {
    it("reaches neither LAN nor cluster if the home is their subnet router, unlike other devices", async () => {
      await advertiseRoutes("home", [lan.subnet, kubernetes.serviceCidr]);
      await Promise.all((["vps", "phone"] as const).map((host) => acceptRoutes(host, true)));
      const { address } = hosts.laptop;
      try {
        await listening("laptop", address, async () => {
          const targets = [address, dns];
          const from = (host: HostName, user?: number) => scan(host, targets, [53, otherPort], user);
          const reached = { [address]: [otherPort], [dns]: [53] };
          await poll(async () => expect(await from("phone")).to.deep.equal(reached), {
            what: "the phone to reach the LAN",
            timeout: 60_000,
          });
          const user = await traefikUser();
          expect(await from("vps", user)).to.deep.equal({ [address]: [], [dns]: [] });
          const edge = await withoutTable("mynodeone-edges", () => from("vps", user));
          expect(edge, "the control").to.deep.equal(reached);
        });
      } finally {
        await Promise.all((["vps", "phone"] as const).map((host) => acceptRoutes(host, false)));
        await advertiseRoutes("home", []);
      }
    });

    it("answers the home's connections", async () => {
      const { ipv4, ipv6 } = await tailnetAddresses("vps");
      expect(await scan("home", [ipv4, ipv6], [22])).to.deep.equal({ [ipv4]: [22], [ipv6]: [22] });
    });
  });

  describe("a pod", () => {
    it("reaches the tailnet's DNS, but no device of the tailnet", async () => {
      const { ipv4: vps } = await tailnetAddresses("vps");
      const resolver = "100.100.100.100";
      const seen = () => scanFromPod("immich", [vps, resolver], [22, 53]);
      expect(await seen()).to.deep.equal({ [vps]: [], [resolver]: [53] });
      const reached = { [vps]: [22], [resolver]: [53] };
      expect(await withoutTable("mynodeone-cluster", seen), "the control").to.deep.equal(reached);
    });

    it("reaches the tailnet and SSH if podsReach allows it", async () => {
      const config = { ...labConfig(), "mynodeone:podsReach": ["tailnet", "ssh"] };
      await runStack({ operation: "up", config });
      const { ipv4: vps } = await tailnetAddresses("vps");
      expect(await scanFromPod("immich", [vps, home], [22])).to.deep.equal({ [vps]: [22], [home]: [22] });
      await runStack({ operation: "up" });
      expect(await scanFromPod("immich", [vps, home], [22])).to.deep.equal({ [vps]: [], [home]: [] });
    });
  });

  describe("pods of two nodes can reach each other", () => {
    before(addOtherPod);
    after(removeOtherPod);

    /** Whether the other node's pod reaches one of the home's, and vice versa. */
    async function meet(): Promise<[boolean, boolean]> {
      return listening("laptop", otherPod, async () => {
        const [there, back] = await Promise.all([
          scan("laptop", [pod], [podPort]),
          scanFromPod("immich", [otherPod], [otherPort]),
        ]);
        return [(there[pod] ?? []).length > 0, (back[otherPod] ?? []).length > 0];
      });
    }

    it("over flannel's VXLAN", async () => {
      await connectByTunnel();
      try {
        expect(await meet()).to.deep.equal([true, true]);
      } finally {
        await removeTunnel();
      }
    });

    it("over another tunnel if clusterInterfaces names it", async () => {
      await connectByTunnel("mesh7");
      try {
        expect(await meet(), "the control").to.deep.equal([false, true]);
        const config = { ...labConfig(), "mynodeone:clusterInterfaces": ["mesh*"] };
        await runStack({ operation: "up", config });
        expect(await meet()).to.deep.equal([true, true]);
      } finally {
        await removeTunnel("mesh7");
      }
    });

    it("over the LAN if podTransport allows it, which lets no other device of the LAN in", async () => {
      await connectOverLan();
      try {
        await runStack({ operation: "up" });
        expect(await meet(), "the control").to.deep.equal([false, true]);
        await runStack({ operation: "up", config: { ...labConfig(), "mynodeone:podTransport": "lan" } });
        expect(await meet()).to.deep.equal([true, true]);
        await ip("laptop", "route", "replace", clusterNetworks, "via", home, "src", hosts.laptop.address);
        expect(await scan("laptop", [dns], [53])).to.deep.equal(closed(dns));
        await ip("laptop", "route", "delete", clusterNetworks);
      } finally {
        await disconnectOverLan();
      }
    });
  });
});
