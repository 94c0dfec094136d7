import { expect } from "chai";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inCluster } from "../../lab/cluster/index.ts";
import { stateDir } from "../../lab/engine.ts";
import { runStack } from "../../lab/operator.ts";
import { poll } from "../../lab/poll.ts";
import { declaredApps } from "../../lab/stackConfig.ts";
import { cutOff, isUnderWay, type Step } from "./cuts.ts";
import { askUntil } from "./outside.ts";
import { lookAtWorld, type World } from "./world.ts";

const page = "https://page.lab.test/get";
const pageApp = {
  internet: true,
  proxyPort: 8090,
  chart: { name: "./lab/charts/stand-in" },
  service: { namespace: "page", name: "page", port: 80 },
};
const upWithPage = { operation: "up" as const, apps: { ...declaredApps(), page: pageApp } };

describe("a run that is cut off", function () {
  this.timeout(30 * 60_000);
  let whole: World;
  let wholeWithPage: World;

  before("what there is when nothing goes wrong", async () => {
    await unlock();
    await runStack(upWithPage);
    wholeWithPage = await lookAtWorld();
    await runStack({ operation: "up" });
    whole = await lookAtWorld();
    expect(wholeWithPage, "with the app").not.to.deep.equal(whole);
  });

  describe("while an app is added", () => {
    afterEach("the app is taken away again, wholly", takeAway);

    it("finishes a release that Helm left pending, which Helm itself refuses to touch", async () => {
      const until = reached(statusOfPage, "pending-install");
      await cutOff(upWithPage, { victim: "plugin", when: isAt(/^page-release$/), until });
      expect(await statusOfPage()).to.equal("pending-install");
      await expectWholeWithPage();
    });
  });

  async function takeAway(): Promise<void> {
    await unlock();
    await runStack({ operation: "up" });
    expect(await lookAtWorld()).to.deep.equal(whole);
  }

  async function expectWholeWithPage(): Promise<void> {
    await runStack(upWithPage);
    await askUntil(page, 200);
    expect(await lookAtWorld()).to.deep.equal(wholeWithPage);
    expect((await runStack(upWithPage)).changes).to.have.all.keys("same");
  }
});

/** Whether the engine has just begun to work on a resource of such a name. */
const isAt = (name: RegExp) => (steps: Step[]) =>
  steps.slice(-1).some((step) => name.test(step.name) && isUnderWay(step));

const reached = (look: () => Promise<string> | string, state: string) => () =>
  poll(async () => expect(await look()).to.include(state), { what: state, timeout: 120_000, interval: 50 });

/** What a user does who has seen that nobody holds the lock any more. */
async function unlock(): Promise<void> {
  if (hasLock()) await runStack({ operation: "cancel" });
}

function hasLock(): boolean {
  const locks = join(stateDir, ".pulumi", "locks");
  const left = existsSync(locks) ? readdirSync(locks, { recursive: true, encoding: "utf8" }) : [];
  return left.some((name) => name.endsWith(".json"));
}

/** What Helm says of the release `page`. */
async function statusOfPage(): Promise<string> {
  const status = ["-o", "jsonpath={.items[*].metadata.labels.status}"];
  return inCluster(["get", "secrets", "-n", "page", "-l", "owner=helm,name=page", ...status]);
}
