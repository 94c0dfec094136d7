import { expect } from "chai";
import { runStack, wasLast } from "../../lab/operator.ts";
import type { AppOptions } from "../../lab/stackConfig.ts";
import { standInApp } from "./apps.ts";
import { unlock } from "./cuts.ts";
import { askUntil } from "./outside.ts";
import { finished, stepsIn } from "./steps.ts";
import { lookAtWorld, type World } from "./world.ts";

/** A Service that is in every cluster, for the tailnet alone. */
const clusterApi: AppOptions = {
  proxyPort: 8091,
  service: { namespace: "default", name: "kubernetes", port: 443, scheme: "https" },
  // The API server is a program of the node's own.
  hostNetwork: true,
};

export const page = standInApp("page", 8090);

/** Few resources, of every kind that there is. */
export const smallStack = { api: clusterApi, page };

export const withPage = { operation: "up" as const, apps: smallStack };
export const withoutPage = { operation: "up" as const, apps: { api: clusterApi } };
const withoutPageRefreshed = { ...withoutPage, refresh: true };
export const destroy = { operation: "destroy" as const, apps: smallStack };

/** What the small stack is when nothing goes wrong. */
export interface SmallWorlds {
  empty: World;
  withPage: World;
  withoutPage: World;
  /** How many steps plugins take to make all of it, and to remove it. */
  steps: Record<"up" | "destroy", number>;
}

let worlds: Promise<SmallWorlds> | undefined;

/** Looked at once for all files of a process. */
export function smallWorlds(): Promise<SmallWorlds> {
  worlds ??= lookAtSmallWorlds();
  return worlds;
}

/** Brings the stack to where most of these tests begin, also after one that failed. */
export async function takePageAway(): Promise<void> {
  await unlock();
  if (![withoutPage, withoutPageRefreshed].some(wasLast)) await runStack(withoutPageRefreshed);
}

/**
 * Call this in the body of a suite: its tests begin without the page, also after a test that failed, and leave no
 * lock. The returned object is empty until the hooks have run.
 */
export function startWithoutPage(): SmallWorlds {
  const looked = {} as SmallWorlds;

  before("record what uninterrupted runs make", async () => {
    Object.assign(looked, await smallWorlds());
    await takePageAway();
  });

  after(unlock);

  return looked;
}

async function lookAtSmallWorlds(): Promise<SmallWorlds> {
  await unlock();
  await runStack({ operation: "destroy" });
  const empty = await lookAtWorld();
  const up = await countSteps(withPage);
  const whole = await lookAtWorld();
  const removed = await countSteps(destroy);
  await runStack(withoutPage);
  const without = await lookAtWorld();
  expect(empty).to.deep.include({ releases: [], records: [] });
  expect(whole.releases).to.deep.equal(["page/page deployed"]);
  expect(without).to.deep.include({ releases: [], records: [] });
  // This table lists the apps on the internet: it is another one with the page.
  const untouched = without.hosts.filter((thing) => !thing.startsWith("home table inet mynodeone-edges "));
  expect(untouched).to.have.lengthOf(without.hosts.length - 1);
  expect(whole.hosts, "with the app").to.include.members(untouched);
  expect(whole.hosts.length).to.be.above(without.hosts.length);
  expect(without.hosts.length).to.be.above(empty.hosts.length);
  return { empty, withPage: whole, withoutPage: without, steps: { up, destroy: removed } };
}

async function countSteps(request: typeof withPage | typeof destroy): Promise<number> {
  let output = "";
  await runStack(request, (text) => (output += text));
  return finished(stepsIn(output)).length;
}

/** One run more with `--refresh` leaves a world like the one of runs that nobody cut off. */
export async function expectWithoutPage(world: World): Promise<void> {
  await runStack(withoutPageRefreshed);
  expect(await lookAtWorld()).to.deep.equal(world);
}

/** One run more makes all of it, in a world like the one of runs that nobody cut off; another changes nothing. */
export async function expectWithPage(world: World): Promise<void> {
  await runStack(withPage);
  await askUntil("https://page.lab.test/get", 200);
  expect(await lookAtWorld()).to.deep.equal(world);
  expect((await runStack(withPage)).changes).to.have.all.keys("same");
}
