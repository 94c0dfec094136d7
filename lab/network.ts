import { existsSync } from "node:fs";
import { run } from "./run.ts";
import { hosts, inet, lan, netns, router, services } from "./topology.ts";

const namespaces = ["inet", "router", ...Object.keys(hosts)];

/** Whether every namespace of the topology is there: links die with either of their ends, so all or none count. */
export function isNetworkUp(): boolean {
  return namespaces.every(exists);
}

/** Makes the namespaces, bridges and links of the topology; what is left of older ones goes first. */
export async function createNetwork(): Promise<void> {
  await removeNetwork();
  for (const name of namespaces) {
    await run("ip", ["netns", "add", netns(name)]);
    await ip(name, ["link", "set", "lo", "up"]);
  }
  await bridge("inet", "br0", [
    `${inet.gateway}/24`,
    ...Object.values(services).map((s) => `${s.address}/24`),
  ]);
  await bridge("router", "br-lan", [`${lan.gateway}/24`]);
  await plug("router", "inet", "br0", `${router.inet}/24`, inet.gateway);
  for (const [name, host] of Object.entries(hosts)) {
    if (host.network === "inet") await plug(name, "inet", "br0", `${host.address}/24`, inet.gateway);
    else await plug(name, "router", "br-lan", `${host.address}/24`, lan.gateway);
  }
  await masquerade();
  await endOfTheWorld();
}

/** Deletes every namespace of the lab, and with them their links, addresses and rules. */
export async function removeNetwork(): Promise<void> {
  for (const name of namespaces.filter(exists)) await run("ip", ["netns", "delete", netns(name)]);
}

function exists(name: string): boolean {
  return existsSync(`/run/netns/${netns(name)}`);
}

async function bridge(where: string, name: string, addresses: string[]): Promise<void> {
  await ip(where, ["link", "add", name, "type", "bridge"]);
  for (const address of addresses) await ip(where, ["address", "add", address, "dev", name]);
  await ip(where, ["link", "set", name, "up"]);
}

/** A cable from `host` (its eth0) to a bridge, made inside the namespaces: the root one never sees it. */
async function plug(
  host: string,
  where: string,
  bridgeName: string,
  address: string,
  gateway: string,
): Promise<void> {
  const port = `to-${host}`;
  await ip(host, ["link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", netns(where)]);
  await ip(where, ["link", "set", port, "master", bridgeName, "up"]);
  await ip(host, ["address", "add", address, "dev", "eth0"]);
  await ip(host, ["link", "set", "eth0", "up"]);
  await ip(host, ["route", "add", "default", "via", gateway]);
}

/** A home router: the LAN goes out under one address, and nothing that was not asked for comes in. */
async function masquerade(): Promise<void> {
  const rules = `
    table ip router {
      chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        iifname "br-lan" accept
      }
      chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "eth0" masquerade
      }
    }`;
  await inNamespace("router", ["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
  await inNamespace("router", ["nft", "-f", "-"], rules);
}

/** Beyond the lab is nothing, and whoever asks is told at once instead of waiting for a time-out. */
async function endOfTheWorld(): Promise<void> {
  await inNamespace("inet", ["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
  await ip("inet", ["route", "add", "unreachable", "default"]);
}

async function ip(name: string, args: string[]): Promise<void> {
  await run("ip", ["-n", netns(name), ...args]);
}

async function inNamespace(name: string, argv: string[], input?: string): Promise<void> {
  await run("nsenter", [`--net=/run/netns/${netns(name)}`, ...argv], input === undefined ? {} : { input });
}
