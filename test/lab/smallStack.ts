import { expect } from "chai";
import { runStack, wasLast } from "../../lab/operator.ts";
import type { AppOptions } from "../../lab/stackConfig.ts";
import { standInApp } from "./apps.ts";
import { unlock } from "./cuts.ts";
import { askUntil } from "./outside.ts";
import { finished, stepsIn } from "./steps.ts";
import { takeLabSnapshot, type LabSnapshot } from "./labSnapshot.ts";

/** An app in the tailnet with a Service that every cluster has. */
const clusterApi: AppOptions = {
  proxyPort: 8091,
  service: { namespace: "default", name: "kubernetes", port: 443, scheme: "https" },
  // The API server runs on the node's own network.
  hostNetwork: true,
};

export const page = standInApp("page", 8090);

/** Few resources, but of every kind. */
export const smallStack = { api: clusterApi, page };

export const withPage = { operation: "up" as const, apps: smallStack };
export const withoutPage = { operation: "up" as const, apps: { api: clusterApi } };
const withoutPageRefreshed = { ...withoutPage, refresh: true };
export const destroy = { operation: "destroy" as const, apps: smallStack };

/** The results of the small stack's uninterrupted runs. */
export interface SmallStackSnapshots {
  empty: LabSnapshot;
  withPage: LabSnapshot;
  withoutPage: LabSnapshot;
  /** The numbers of plugins' steps that create all of it and that remove it. */
  steps: Record<"up" | "destroy", number>;
}

let snapshots: Promise<SmallStackSnapshots> | undefined;

/** Recorded once for all test files of a process. */
export function smallSnapshots(): Promise<SmallStackSnapshots> {
  snapshots ??= takeSmallSnapshots();
  return snapshots;
}

/** Brings the stack to the starting point of most of these tests, even after a failed one. */
export async function takePageAway(): Promise<void> {
  await unlock();
  if (![withoutPage, withoutPageRefreshed].some(wasLast)) await runStack(withoutPageRefreshed);
}

/**
 * Call this in the body of a suite: its tests start without the page, even after a failed test, and leave no lock. The
 * returned object is empty until the hooks have run.
 */
export function startWithoutPage(): SmallStackSnapshots {
  const snapshots = {} as SmallStackSnapshots;

  before("record the results of uninterrupted runs", async () => {
    Object.assign(snapshots, await smallSnapshots());
    await takePageAway();
  });

  after(unlock);

  return snapshots;
}

async function takeSmallSnapshots(): Promise<SmallStackSnapshots> {
  await unlock();
  await runStack({ operation: "destroy" });
  const empty = await takeLabSnapshot();
  const up = await countSteps(withPage);
  const whole = await takeLabSnapshot();
  const removed = await countSteps(destroy);
  await runStack(withoutPage);
  const without = await takeLabSnapshot();
  expect(empty).to.deep.include({ releases: [], records: [] });
  expect(whole.releases).to.deep.equal(["page/page deployed"]);
  expect(without).to.deep.include({ releases: [], records: [] });
  // This table lists the apps on the internet, so it differs with the page.
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

/** Another run with `--refresh` has the same result as uninterrupted runs. */
export async function expectWithoutPage(snapshot: LabSnapshot): Promise<void> {
  await runStack(withoutPageRefreshed);
  expect(await takeLabSnapshot()).to.deep.equal(snapshot);
}

/** Another run creates everything, with the same result as uninterrupted runs; one more changes nothing. */
export async function expectWithPage(snapshot: LabSnapshot): Promise<void> {
  await runStack(withPage);
  await askUntil("https://page.lab.test/get", 200);
  expect(await takeLabSnapshot()).to.deep.equal(snapshot);
  expect((await runStack(withPage)).changes).to.have.all.keys("same");
}
