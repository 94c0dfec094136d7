import { removeMachine, startMachine } from "./machines.ts";
import { awaitTailnetPath, forgetDevice, joinTailnet } from "./tailnet.ts";
import { spareEdge } from "./topology.ts";

/** Boots the second VPS for tests with another edge, and adds it to the tailnet, unless it runs already. */
export async function startSpareEdge(): Promise<void> {
  await startMachine(spareEdge);
  await joinTailnet(spareEdge);
  await awaitTailnetPath("home", spareEdge);
}

/** Removes it with its disk and tailnet device: the next one is a new machine with a new host key. */
export async function removeSpareEdge(): Promise<void> {
  await removeMachine(spareEdge);
  await forgetDevice(spareEdge);
}
