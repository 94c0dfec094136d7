import { expect } from "chai";
import { runStack } from "../../lab/operator.ts";
import type { AppOptions } from "../../lab/stackConfig.ts";
import { askUntil } from "./outside.ts";
import { lookAtWorld, type World } from "./world.ts";

/** A Service that is in every cluster, for the tailnet alone. */
export const clusterApi: AppOptions = {
  proxyPort: 8091,
  service: { namespace: "default", name: "kubernetes", port: 443 },
};

/** With every hop: release and namespace, proxy, record and route. */
export const page: AppOptions = {
  internet: true,
  proxyPort: 8090,
  chart: { name: "./lab/charts/stand-in" },
  service: { namespace: "page", name: "page", port: 80 },
};

/** Few resources, of every kind that there is. */
export const smallStack = { api: clusterApi, page };

export const withPage = { operation: "up" as const, apps: smallStack };
export const withoutPage = { operation: "up" as const, apps: { api: clusterApi } };

/** What there is when nothing goes wrong, with the page and without it, which is how it is left. */
export async function lookAtBothWorlds(): Promise<{ worldWithPage: World; worldWithout: World }> {
  await runStack({ ...withoutPage, refresh: true });
  const worldWithout = await lookAtWorld();
  await runStack(withPage);
  const worldWithPage = await lookAtWorld();
  await runStack(withoutPage);
  return { worldWithPage, worldWithout };
}

/** One run more makes all of it, in a world like the one of runs that nobody cut off; another changes nothing. */
export async function expectWithPage(world: World): Promise<void> {
  await runStack(withPage);
  await askUntil("https://page.lab.test/get", 200);
  expect(await lookAtWorld()).to.deep.equal(world);
  expect((await runStack(withPage)).changes).to.have.all.keys("same");
}
