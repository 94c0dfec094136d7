import type { AppContext } from "../../apps/index.ts";
import { k3sPods, privateNetworks } from "../../components/inputs/networks.ts";
import { publicUrl } from "../../components/names.ts";

/** The ways in which an app can be reached: its values differ between them. */
export const ways = ["tailnet", "internet", "cdn"] as const;
export type Way = (typeof ways)[number];

/** An app of the catalogue with nothing set by the user. */
export function contextOf(name: string, way: Way): AppContext {
  const host = `${name}.example.com`;
  return {
    name,
    host,
    hosts: [host],
    url: publicUrl(host),
    timeZone: "Europe/Berlin",
    tailnetHosts: ["100.64.0.2", "home"],
    privateNetworks,
    k3sPods,
    proxyPort: 8080,
    internet: way !== "tailnet",
    cdn: way === "cdn",
    proxies: ways.indexOf(way),
  };
}
