import { formatPath, show } from "../config/index.ts";
import type { ControlPlaneSettings, EdgeSettings, Path, Platform } from "../config/index.ts";
import type { Findings } from "./findings.ts";
import { deviceAddress, tailnetDevices } from "./tailnet.ts";
import type { Device } from "./tailnet.ts";

/** A host's settings, with its IPv4 address in the tailnet. */
export type Located<Host> = Host & { tailnetIp: string };

/** The hosts of the config, and the tailnet's devices if they were read. */
export interface Hosts {
  controlPlane: Located<ControlPlaneSettings>;
  edges: Located<EdgeSettings>[];
  devices?: Device[];
}

/** A host that was found, and the option of its device or address. */
interface FoundHost<Host> {
  path: Path;
  option: "device" | "tailnetIp";
  host: Located<Host>;
}

/** Finds each host in the tailnet, by its device's name or by its address in the config. */
export async function lookUpHosts(
  { controlPlane, edges }: Platform,
  findings: Findings,
): Promise<Hosts | undefined> {
  const isAsked = [controlPlane, ...edges].some(({ tailnetIp }) => tailnetIp === undefined);
  const devices = isAsked ? await findings.attempt(["controlPlane", "device"], tailnetDevices) : undefined;
  const locate = <Host extends ControlPlaneSettings>(path: Path, host: Host) =>
    locateHost(path, host, devices, findings);
  const [home, ...located] = await Promise.all([
    locate(["controlPlane"], controlPlane),
    ...edges.map((edge, index) => locate(["edges", index], edge)),
  ]);
  const found = located.filter((one) => one !== undefined);
  checkDistinct(home ? [home, ...found] : found, findings);
  if (home === undefined || found.length < edges.length) return undefined;
  return { controlPlane: home.host, edges: found.map(({ host }) => host), devices };
}

async function locateHost<Host extends ControlPlaneSettings>(
  path: Path,
  host: Host,
  devices: readonly Device[] | undefined,
  findings: Findings,
): Promise<FoundHost<Host> | undefined> {
  const { device, tailnetIp } = host;
  if (tailnetIp !== undefined) return { path, option: "tailnetIp", host: { ...host, tailnetIp } };
  const address =
    devices && (await findings.attempt([...path, "device"], () => deviceAddress(devices, device)));
  return address === undefined
    ? undefined
    : { path, option: "device", host: { ...host, tailnetIp: address } };
}

/** Checks that each host has a different device. */
function checkDistinct(found: readonly FoundHost<ControlPlaneSettings>[], findings: Findings): void {
  const owners = new Map<string, Path>();
  for (const { path, option, host } of found) {
    const owner = owners.get(host.tailnetIp);
    if (owner === undefined) owners.set(host.tailnetIp, path);
    else
      findings.report(
        [...path, option],
        `${show(host[option])} points to ${host.tailnetIp}, and so does ${formatPath(owner)}. Each host ` +
          "must be a separate device: see `tailscale status`.",
      );
  }
}
