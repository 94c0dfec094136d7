import { expect } from "chai";
import { runStack } from "../../lab/operator.ts";
import { cutOff, hasLock, isAt, unlock } from "./cuts.ts";
import { expectWithPage, smallStack, withoutPage, withPage } from "./smallStack.ts";
import { lookAtWorld, type World } from "./world.ts";

const destroy = { operation: "destroy" as const, apps: smallStack };

describe("a run that is interrupted from the keyboard", function () {
  this.timeout(10 * 60_000);
  let worldWithPage: World;
  let worldWithout: World;
  let emptyWorld: World;

  before("what there is when nothing goes wrong", async () => {
    await unlock();
    await runStack(withPage);
    worldWithPage = await lookAtWorld();
    await runStack(destroy);
    emptyWorld = await lookAtWorld();
    await runStack(withoutPage);
    worldWithout = await lookAtWorld();
    expect(worldWithPage.hosts, "with the app").to.include.members(worldWithout.hosts);
    expect(worldWithPage.hosts.length).to.be.above(worldWithout.hosts.length);
    expect(worldWithout.hosts.length).to.be.above(emptyWorld.hosts.length);
  });

  after(async () => {
    await unlock();
    await runStack({ operation: "up" });
  });

  /** One waits for the step at work to give up; the second does not. */
  const presses = { once: ["SIGINT"], twice: ["SIGINT", "SIGINT"] } as const;
  for (const [often, signals] of Object.entries(presses)) {
    const interrupt = async (request: Parameters<typeof cutOff>[0], name: RegExp) => {
      await cutOff(request, { victim: "engine", signals: [...signals], when: isAt(name) });
      if (often === "once") expect(hasLock(), "a lock is left").to.equal(false);
      await unlock();
    };

    // Each begins where the one before has ended.
    it(`${often} while a release is made is gone on with`, async () => {
      await interrupt(withPage, /^page-release$/);
      await expectWithPage(worldWithPage);
    });

    it(`${often} while a release is removed is gone on with`, async () => {
      await interrupt(withoutPage, /^page-release$/);
      await runStack({ ...withoutPage, refresh: true });
      expect(await lookAtWorld()).to.deep.equal(worldWithout);
    });

    it(`${often} while a script makes a route is gone on with`, async () => {
      await interrupt(withPage, /^page\.lab\.test-.*-route-file$/);
      await expectWithPage(worldWithPage);
    });

    it(`${often} in a destroy, while a script removes a unit, is gone on with`, async () => {
      await interrupt(destroy, /^page-proxy-unit$/);
      await runStack({ ...destroy, refresh: true });
      expect(await lookAtWorld()).to.deep.equal(emptyWorld);
    });
  }
});
