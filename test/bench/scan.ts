import { runStack } from "../../lab/operator.ts";
import type { Findings } from "../lab/scan.ts";
import {
  closeRouter,
  prepareHosts,
  viewOfEdge,
  viewsOfHome,
  type HomeAddresses,
} from "../lab/vantagePoints.ts";
import { secondsOf, type Measurement } from "./measurement.ts";

let home: HomeAddresses | undefined;
const found: Record<string, Findings> = {};

/** The names of the lab's vantage points, with their descriptions. */
const places = {
  vps: "VPS, as Traefik's user",
  vpsUser: "VPS, as another user",
  phone: "tailnet",
  laptop: "LAN, with routes to the tailnet and the cluster",
  client: "internet, with the home's router open",
  pod: "pod",
} as const;

/** The open ports from each vantage point, with one app on the internet and one only in the tailnet. */
export const scanOfHosts: Measurement<"scan"> = {
  name: "scan",
  figures: { scan: "the ports of home and VPS, asked from everywhere at once" },
  runs: 1,
  needsLab: true,
  onRequest: true,
  prepare: async () => (home = await prepareHosts()),
  run: async () => ({ scan: await secondsOf(scanAll) }),
  findings: () => found,
  cleanUp: async () => {
    if (home !== undefined) await closeRouter(home);
    await runStack({ operation: "up" });
  },
};

async function scanAll(): Promise<void> {
  if (home === undefined) throw new Error("the hosts are not prepared");
  const views = await viewsOfHome(home);
  for (const [place, name] of Object.entries(places)) found[name] = views[place as keyof typeof places];
  found["internet, to the VPS"] = await viewOfEdge();
}
