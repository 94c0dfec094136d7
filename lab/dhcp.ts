import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { startDaemon } from "./daemon.ts";
import { paths } from "./paths.ts";
import { run } from "./run.ts";
import { hosts, lan, macOf, netns, router, services } from "./topology.ts";

/** The domain that the home's router announces with its leases, as routers do. */
const lanDomain = "lan";

/** Long enough for an overloaded machine. */
export const leaseSeconds = 3600;

/** A client renews its lease after this time, whatever the lease time: often enough for a test to wait for it. */
export const renewalSeconds = 60;

/** The home router's DHCP server and name server; a known host gets the same address each time. */
export async function startDhcp(): Promise<void> {
  const leases = join(paths.lab, "dhcp", "leases");
  mkdirSync(dirname(leases), { recursive: true });
  const known = Object.values(hosts).filter(({ dhcp }) => dhcp);
  await startDaemon({
    name: "dhcp",
    command: "dnsmasq",
    netns: netns("router"),
    args: [
      ...["--keep-in-foreground", "--log-facility=-", "--user=root", "--pid-file", "--conf-file=/dev/null"],
      ...["--interface=br-lan", "--except-interface=lo", "--bind-interfaces"],
      ...["--no-hosts", "--no-resolv", `--server=${services.dns.address}`],
      ...["--dhcp-authoritative", `--dhcp-leasefile=${leases}`],
      ...[`--domain=${lanDomain}`, `--local=/${lanDomain}/`],
      `--dhcp-range=${hostInLan(100)},${hostInLan(199)},${leaseSeconds}`,
      `--dhcp-option=option:T1,${renewalSeconds}`,
      ...known.map((host) => `--dhcp-host=${macOf(host)},${host.address}`),
    ],
    ready: listens,
  });
}

async function listens(): Promise<void> {
  const sockets = await run("nsenter", [`--net=/run/netns/${netns("router")}`, "ss", "-Hlun", "sport = :67"]);
  if (sockets === "") throw new Error(`nothing listens for DHCP on ${router.lan}`);
}

const hostInLan = (number: number) => lan.gateway.replace(/\d+$/, String(number));
