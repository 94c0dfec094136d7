/** Makes the laptop a second node of the cluster with its own pod, connected as by flannel. */
import { ip } from "../../lab/network.ts";
import { hosts } from "../../lab/topology.ts";

/** The second node's pod network, and one pod. */
const otherPods = "10.42.1.0/24";
export const otherPod = "10.42.1.5";
const homesPods = "10.42.0.0/24";
const { home, laptop } = hosts;

/** Creates the pod, without a route to it. */
export async function addOtherPod(): Promise<void> {
  await ip("laptop", "address", "add", `${otherPod}/32`, "dev", "lo");
}

export async function removeOtherPod(): Promise<void> {
  await ip("laptop", "address", "delete", `${otherPod}/32`, "dev", "lo");
}

/** Routes pods' packets unencapsulated: flannel's backend `host-gw`. */
export async function connectOverLan(): Promise<void> {
  await ip("home", "route", "add", otherPods, "via", laptop.address);
  await ip("laptop", "route", "add", homesPods, "via", home.address, "src", otherPod);
}

export async function disconnectOverLan(): Promise<void> {
  await ip("home", "route", "delete", otherPods);
  await ip("laptop", "route", "delete", homesPods);
}

/** Sends pods' packets in VXLAN: flannel's default, with its name for the interface. */
export async function connectByTunnel(name = "flannel.1"): Promise<void> {
  const ends = [
    ["home", laptop.address, "10.42.255.1"],
    ["laptop", home.address, "10.42.255.2"],
  ] as const;
  for (const [host, remote, address] of ends) {
    const vxlan = ["type", "vxlan", "id", "1", "dstport", "8472", "dev", "eth0", "remote", remote];
    await ip(host, "link", "add", name, ...vxlan);
    await ip(host, "address", "add", `${address}/30`, "dev", name);
    await ip(host, "link", "set", name, "up");
  }
  await ip("home", "route", "add", otherPods, "via", "10.42.255.2");
  await ip("laptop", "route", "add", homesPods, "via", "10.42.255.1", "src", otherPod);
}

/** The routes disappear with their interface. */
export async function removeTunnel(name = "flannel.1"): Promise<void> {
  for (const host of ["home", "laptop"] as const) await ip(host, "link", "delete", name);
}
