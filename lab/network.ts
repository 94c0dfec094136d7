import type { Options } from "execa";
import { existsSync } from "node:fs";
import { run } from "./run.ts";
import { hosts, inet, lan, macOf, netns, router, services, type Host } from "./topology.ts";

/** Everything with its own network namespace: the hosts, and the networks between them. */
export const networkNames = ["inet", "router", ...Object.keys(hosts)];

/**
 * Whether every namespace of the topology exists. Links disappear with either of their ends, so only all of them count.
 */
export function isNetworkUp(): boolean {
  return networkNames.every(exists);
}

/** Creates the namespaces, bridges and links of the topology, after removing what is left of older ones. */
export async function createNetwork(): Promise<void> {
  await removeNetwork();
  for (const name of networkNames) {
    await run("ip", ["netns", "add", netns(name)]);
    await ip(name, "link", "set", "lo", "up");
  }
  await bridge("inet", "br0", [
    `${inet.gateway}/24`,
    ...Object.values(services).map((s) => `${s.address}/24`),
    `${inet.gateway6}/64`,
  ]);
  await bridge("router", "br-lan", [`${lan.gateway}/24`, `${lan.gateway6}/64`]);
  await plug("router", "inet", "br0", router.inet);
  await configure("router", { address: router.inet, addresses6: [router.inet6] }, inet);
  for (const [name, host] of Object.entries(hosts)) {
    const isOutside = host.network === "inet";
    if (isOutside) await plug(name, "inet", "br0", host.address);
    else await plug(name, "router", "br-lan", host.address);
    // A machine's own system configures its addresses.
    if (host.kind === "namespace") await configure(name, host, isOutside ? inet : lan);
  }
  await guardHome();
  await endOfTheWorld();
}

/** Deletes every namespace of the lab, and with them their links, addresses and rules. */
export async function removeNetwork(): Promise<void> {
  for (const name of networkNames.filter(exists)) await run("ip", ["netns", "delete", netns(name)]);
}

function exists(name: string): boolean {
  return existsSync(`/run/netns/${netns(name)}`);
}

async function bridge(where: string, name: string, addresses: string[]): Promise<void> {
  await ip(where, "link", "add", name, "type", "bridge");
  for (const address of addresses) await ip(where, ...addAddress(address, name));
  await ip(where, "link", "set", name, "up");
}

/** Links `host` (its eth0) to a bridge, inside the namespaces: the root namespace never sees the link. */
async function plug(host: string, where: string, bridgeName: string, address: string): Promise<void> {
  const port = `to-${host}`;
  const own = ["eth0", "address", macOf({ address })];
  await ip(host, "link", "add", ...own, "type", "veth", "peer", "name", port, "netns", netns(where));
  await ip(where, "link", "set", port, "master", bridgeName, "up");
}

async function configure(
  host: string,
  { address, addresses6 }: Pick<Host, "address" | "addresses6">,
  { gateway, gateway6 }: { gateway: string; gateway6: string },
): Promise<void> {
  for (const own of [`${address}/24`, ...addresses6.map((one) => `${one}/64`)])
    await ip(host, ...addAddress(own, "eth0"));
  await ip(host, "link", "set", "eth0", "up");
  await ip(host, "route", "add", "default", "via", gateway);
  await ip(host, "route", "add", "default", "via", gateway6);
}

/** By default IPv6 first checks for a second whether another host has the address. */
function addAddress(address: string, device: string): string[] {
  return ["address", "add", address, "dev", device, ...(address.includes(":") ? ["nodad"] : [])];
}

/** A home router: the LAN has outgoing connections, over IPv4 under one address, and no incoming ones. */
async function guardHome(): Promise<void> {
  const rules = `
    table inet router {
      chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        iifname "br-lan" accept
      }
      chain postrouting {
        type nat hook postrouting priority srcnat;
        meta nfproto ipv4 oifname "eth0" masquerade
      }
    }`;
  await inNamespace("router", forwarding);
  await nft("router", rules);
}

/** Nothing lies beyond the lab: connections there are refused at once instead of timing out. */
async function endOfTheWorld(): Promise<void> {
  await inNamespace("inet", forwarding);
  await ip("inet", "route", "add", "unreachable", "default");
  await ip("inet", "-6", "route", "add", "unreachable", "default");
  await ip("inet", "route", "add", lan.subnet6, "via", router.inet6);
}

const forwarding = ["sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"];

/** Runs `ip` in a host's network, from outside of the host. */
export async function ip(name: string, ...args: string[]): Promise<void> {
  await run("ip", ["-n", netns(name), ...args]);
}

/** Loads these rules, in the format of `nft -f`, in a host's network. */
export async function nft(name: string, rules: string): Promise<void> {
  await inNamespace(name, ["nft", "-f", "-"], { input: rules });
}

async function inNamespace(name: string, argv: string[], options: Options = {}): Promise<void> {
  await run("nsenter", [`--net=/run/netns/${netns(name)}`, ...argv], options);
}
