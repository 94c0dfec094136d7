import { formatPath, show } from "../config/index.ts";
import type { ControlPlaneSettings, EdgeSettings, Path, Platform } from "../config/index.ts";
import type { Findings } from "./findings.ts";
import { deviceAddress, tailnetDevices } from "./tailnet.ts";
import type { Device } from "./tailnet.ts";

/**
 * A host's settings, with its IPv4 address in the tailnet, and the option that it comes from, as written in the config:
 * `mynodeone:edges[0].device`.
 */
export type Located<Host> = Host & { tailnetIp: string; tailnetOption: string };

/** The hosts of the config, and the tailnet's devices if they were read. */
export interface Hosts {
  controlPlane: Located<ControlPlaneSettings>;
  edges: Located<EdgeSettings>[];
  devices?: Device[];
}

/** A host that was found, and its place in the config. */
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
  const option = host.tailnetIp === undefined ? "device" : "tailnetIp";
  const from = [...path, option];
  const tailnetIp =
    host.tailnetIp ?? (devices && (await findings.attempt(from, () => deviceAddress(devices, host.device))));
  return tailnetIp === undefined
    ? undefined
    : { path, option, host: { ...host, tailnetIp, tailnetOption: formatPath(from) } };
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
