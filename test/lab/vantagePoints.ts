/** The possible origins of connections to the hosts, and the ports that are open from each. */
import { expect } from "chai";
import { inCluster } from "../../lab/cluster/index.ts";
import { poll } from "../../lab/poll.ts";
import { runStack } from "../../lab/operator.ts";
import { ssh } from "../../lab/run.ts";
import { declaredApps } from "../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../lab/tailnet.ts";
import { hosts, lan, router } from "../../lab/topology.ts";
import { ip, nft } from "../../lab/network.ts";
import { scan, scanFromPod, type Findings } from "./scan.ts";

/** The home's tailnet addresses. */
export interface HomeAddresses {
  ipv4: string;
  ipv6: string;
}

/** Open to the home's own networks and the tailnet. */
export const openAtHome = [22, 6443];
/** Open to the LAN: kubelet's port, and a NodePort. */
const openToLan = [10250, 30080];
/** kube-proxy's port, which must be open to no other host. */
const healthPort = 10256;
/** The proxy ports of the app on the internet and of the one only in the tailnet. */
export const published = 8080;
export const tailnetOnly = 8082;
const proxyPorts = Array.from({ length: 21 }, (_, index) => 8080 + index);
export const homePorts = [...openAtHome, ...openToLan, healthPort, ...proxyPorts];

/**
 * One app on the internet and one only in the tailnet. The home's router blocks the internet, and no device of the LAN
 * has a route to tailnet addresses. Both obstacles are removed here, so that the home itself has to refuse.
 */
export async function prepareHosts(): Promise<HomeAddresses> {
  const { immich, vaultwarden } = declaredApps();
  const apps = { immich: { ...immich }, vaultwarden: { ...vaultwarden, internet: false } };
  await runStack({ operation: "up", apps });
  const home = await tailnetAddresses("home");
  await inCluster(["apply", "--filename=-"], JSON.stringify(await nodePort()));
  await forward("accept");
  for (const [host, network, via] of detours(home)) await ip(host, "route", "add", network, "via", via);
  await awaitPaths(home);
  return home;
}

/** A scan's time-out is short, so devices that have never been connected have to do their handshake before. */
export async function awaitPaths({ ipv4, ipv6 }: HomeAddresses): Promise<void> {
  const fromPhone = { [ipv4]: [22], [ipv6]: [22] };
  await poll(async () => expect(await scan("phone", [ipv4, ipv6], [22])).to.deep.equal(fromPhone), {
    what: "a tailnet path from the phone to the home",
    timeout: 180_000,
  });
  const user = await traefikUser();
  const fromEdge = { [ipv4]: [published] };
  await poll(async () => expect(await scan("vps", [ipv4], [published], user)).to.deep.equal(fromEdge), {
    what: "a tailnet path from the edge to the home",
    timeout: 180_000,
  });
}

/** The id of Traefik's user on the VPS. */
export async function traefikUser(): Promise<number> {
  return Number(await ssh("vps", "id -u traefik"));
}

/** Another Service for the published app's pods, which every node serves. */
async function nodePort(): Promise<object> {
  const service = JSON.parse(
    await inCluster(["-n", "immich", "get", "service", "immich-server", "-o", "json"]),
  ) as { spec: { selector: object; ports: { targetPort: unknown }[] } };
  const { selector, ports } = service.spec;
  const spec = {
    type: "NodePort",
    selector,
    ports: [{ port: 80, targetPort: ports[0]?.targetPort, nodePort: 30080 }],
  };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "lab-node-port", namespace: "immich" },
    spec,
  };
}

export async function closeRouter(home: HomeAddresses): Promise<void> {
  await inCluster(["-n", "immich", "delete", "service", "lab-node-port", "--ignore-not-found"]);
  for (const [host, network, via] of detours(home)) await ip(host, "route", "delete", network, "via", via);
  await forward("drop");
}

const nobody = 65534;
const addressesAtHome = [hosts.home.address, ...hosts.home.addresses6];

/** The view of the home from each vantage point: the ports at every address that could lead there. */
export async function viewsOfHome({ ipv4, ipv6 }: HomeAddresses) {
  const all = [ipv4, ipv6, ...addressesAtHome];
  const traefik = await traefikUser();
  const [vps, vpsUser, phone, laptop, client, pod] = await Promise.all([
    scan("vps", [ipv4, ipv6], homePorts, traefik),
    scan("vps", [ipv4, ipv6], homePorts, nobody),
    scan("phone", [ipv4, ipv6], homePorts),
    scan("laptop", all, homePorts),
    scan("client", all, homePorts),
    scanFromPod("immich", [ipv4, hosts.home.address], homePorts),
  ]);
  return { vps, vpsUser, phone, laptop, client, pod };
}

/**
 * The edge reaches the published app and nothing else; only the tailnet reaches the other app. UFW judges by source
 * address: it accepts the LAN's devices with a private one.
 */
function wantedViewsOfHome({ ipv4, ipv6 }: HomeAddresses): Awaited<ReturnType<typeof viewsOfHome>> {
  const { address, addresses6 } = hosts.home;
  const [global = "", local = ""] = addresses6;
  const [kubelet = 0, nodePort = 0] = openToLan;
  const toTailnet = [...openAtHome, kubelet, healthPort];
  return {
    vps: { [ipv4]: [published], [ipv6]: [] },
    vpsUser: { [ipv4]: [], [ipv6]: [] },
    phone: { [ipv4]: [...toTailnet, tailnetOnly], [ipv6]: toTailnet },
    laptop: {
      [ipv4]: [...openAtHome, kubelet],
      [ipv6]: openAtHome,
      [address]: [...openAtHome, kubelet, nodePort],
      [global]: [],
      [local]: openAtHome,
    },
    // A port forward of the router to a NodePort would publish it.
    client: { [ipv4]: [], [ipv6]: [], [address]: [nodePort], [global]: [], [local]: [] },
    pod: { [ipv4]: [6443, kubelet, healthPort], [address]: [6443, kubelet, nodePort, healthPort] },
  };
}

const addressesOfEdge = [hosts.vps.address, ...hosts.vps.addresses6];
/** The port of another program on the VPS, which its owner has not opened in the firewall. */
export const strangerPort = 9000;

/** The ports of the edge that are open to the internet, while another program listens, too. */
export async function viewOfEdge(): Promise<Findings> {
  const listener = `socat TCP6-LISTEN:${strangerPort},ipv6only=0,reuseaddr,fork OPEN:/dev/null`;
  await ssh("vps", `sudo systemd-run --quiet --collect --unit=stranger ${listener}`);
  try {
    const usual = Array.from({ length: 1024 }, (_, index) => index + 1);
    const listening = await poll(
      async () => {
        const sockets = await ssh("vps", "ss -Hltn | awk '{print $4}' | grep -o '[0-9]*$'");
        const ports = sockets.split("\n").map(Number);
        expect(ports).to.include(strangerPort);
        return ports;
      },
      { what: `the stranger to listen on ${strangerPort}`, timeout: 20_000 },
    );
    return await scan("client", addressesOfEdge, [...new Set([...usual, ...proxyPorts, ...listening])]);
  } finally {
    await ssh("vps", "sudo systemctl stop stranger", { reject: false });
  }
}

/** SSH and the web ports, over IPv4 and IPv6. */
const wantedViewOfEdge: Findings = Object.fromEntries(
  addressesOfEdge.map((address) => [address, [22, 80, 443]]),
);

/** Defines the tests of all these views. */
export function itLetsInNobodyElse(home: () => HomeAddresses): void {
  it("lets the edge, its other users, tailnet, home LAN, internet and pods reach only the ports meant for each", async () => {
    expect(await viewsOfHome(home())).to.deep.equal(wantedViewsOfHome(home()));
  });

  it("lets the internet reach only ports 22, 80 and 443 of the edge, over IPv4 and IPv6", async () => {
    expect(await viewOfEdge()).to.deep.equal(wantedViewOfEdge);
  });
}

function detours({ ipv4, ipv6 }: HomeAddresses): [string, string, string][] {
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
  await nft("router", `chain inet router forward { policy ${policy}; }`);
}
