/** From where a connection to the hosts could come, and what each such place finds open. */
import { expect } from "chai";
import { poll } from "../../lab/poll.ts";
import { runStack } from "../../lab/operator.ts";
import { ssh } from "../../lab/run.ts";
import { declaredApps } from "../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../lab/tailnet.ts";
import { hosts, lan, router } from "../../lab/topology.ts";
import { ip, nft } from "../../lab/network.ts";
import { scan, scanFromPod, type Findings } from "./scan.ts";

/** The home's addresses in the tailnet. */
export interface HomeAddresses {
  ipv4: string;
  ipv6: string;
}

/** UFW lets everybody at home in there: a scan that sees these two would see more. */
export const openAtHome = [22, 6443];
/** The proxy ports of the app on the internet, and of the one for the tailnet alone. */
export const published = 8080;
export const tailnetOnly = 8082;
const proxyPorts = Array.from({ length: 21 }, (_, index) => 8080 + index);
export const homePorts = [...openAtHome, ...proxyPorts];

/**
 * One app on the internet and one in the tailnet alone. The home's router keeps the internet out, and no device of the
 * LAN has a route to the tailnet's addresses: both are given way here, so that the home itself has to refuse.
 */
export async function prepareHosts(): Promise<HomeAddresses> {
  const { immich, vaultwarden } = declaredApps();
  const apps = { immich: { ...immich }, vaultwarden: { ...vaultwarden, internet: false } };
  await runStack({ operation: "up", apps });
  const home = await tailnetAddresses("home");
  await forward("accept");
  for (const [host, network, via] of detours(home)) await ip(host, "route", "add", network, "via", via);
  await awaitPaths(home);
  return home;
}

/** A scan has little patience, and two devices that meet for the first time have to greet each other before. */
export async function awaitPaths({ ipv4, ipv6 }: HomeAddresses): Promise<void> {
  const wanted = { [ipv4]: [22], [ipv6]: [22] };
  for (const from of ["vps", "phone"] as const) {
    await poll(async () => expect(await scan(from, [ipv4, ipv6], [22])).to.deep.equal(wanted), {
      what: `a tailnet path from ${from} to the home`,
      timeout: 180_000,
    });
  }
}

export async function closeRouter(home: HomeAddresses): Promise<void> {
  for (const [host, network, via] of detours(home)) await ip(host, "route", "delete", network, "via", via);
  await forward("drop");
}

const addressesAtHome = [hosts.home.address, ...hosts.home.addresses6];

/** Each vantage point's view of the home: every address that could lead there. */
export async function viewsOfHome({ ipv4, ipv6 }: HomeAddresses) {
  const all = [ipv4, ipv6, ...addressesAtHome];
  const [vps, phone, laptop, client, pod] = await Promise.all([
    scan("vps", [ipv4, ipv6], homePorts),
    scan("phone", [ipv4, ipv6], homePorts),
    scan("laptop", all, homePorts),
    scan("client", all, homePorts),
    scanFromPod("immich", [ipv4, hosts.home.address], homePorts),
  ]);
  return { vps, phone, laptop, client, pod };
}

/** Only the edge reaches the published app, only the tailnet the other one. */
function wantedViewsOfHome({ ipv4, ipv6 }: HomeAddresses): Awaited<ReturnType<typeof viewsOfHome>> {
  const usual = (addresses: string[]) => Object.fromEntries(addresses.map((one) => [one, openAtHome]));
  return {
    vps: { [ipv4]: [...openAtHome, published, tailnetOnly], [ipv6]: openAtHome },
    phone: { [ipv4]: [...openAtHome, tailnetOnly], [ipv6]: openAtHome },
    laptop: usual([ipv4, ipv6, ...addressesAtHome]),
    client: usual([ipv4, ipv6, ...addressesAtHome]),
    pod: usual([ipv4, hosts.home.address]),
  };
}

const addressesOfEdge = [hosts.vps.address, ...hosts.vps.addresses6];
/** The port of another program on the VPS, which its owner has not opened. */
export const strangerPort = 9000;

/** What the internet finds open on the edge, where another program listens too. */
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

/** The tests of all these views. */
export function itLetsInNobodyElse(home: () => HomeAddresses): void {
  it("lets edge, tailnet, home LAN, internet and pods reach just the ports meant for each", async () => {
    expect(await viewsOfHome(home())).to.deep.equal(wantedViewsOfHome(home()));
  });

  it("lets the internet reach 22, 80 and 443 of the edge, over IPv4 and IPv6", async () => {
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
