import { removeMachine, startMachine } from "./machines.ts";
import { awaitTailnetPath, forgetDevice, joinTailnet } from "./tailnet.ts";
import { spareEdge } from "./topology.ts";

/** Boots the second VPS and lets it into the tailnet, unless it is there: for what another edge is needed for. */
export async function startSpareEdge(): Promise<void> {
  await startMachine(spareEdge);
  await joinTailnet(spareEdge);
  await awaitTailnetPath("home", spareEdge);
}

/** Removes it, disk and tailnet device included: the next one is a fresh machine with a host key of its own. */
export async function removeSpareEdge(): Promise<void> {
  await removeMachine(spareEdge);
  await forgetDevice(spareEdge);
}
