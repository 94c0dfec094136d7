import { expect } from "chai";
import { runStack } from "../../../../lab/operator.ts";
import { cutOff, hasLock, isAt, unlock } from "../../cuts.ts";
import {
  destroy,
  expectWithoutPage,
  expectWithPage,
  startWithoutPage,
  withoutPage,
  withPage,
} from "../../smallStack.ts";
import { takeLabSnapshot } from "../../labSnapshot.ts";

describe("a run interrupted by Ctrl-C", () => {
  const snapshots = startWithoutPage();

  /** After the first signal the engine waits for the current step; after the second it does not. */
  const presses = { once: ["SIGINT"], twice: ["SIGINT", "SIGINT"] } as const;
  for (const [often, signals] of Object.entries(presses)) {
    const interrupt = async (request: Parameters<typeof cutOff>[0], name: RegExp) => {
      await cutOff(request, { victim: "engine", signals: [...signals], when: isAt(name) });
      if (often === "once") expect(hasLock(), "a lock is left").to.equal(false);
      await unlock();
    };

    // Each test starts where the previous one has ended.
    it(`${often} while it creates a release is completed by the next`, async () => {
      await interrupt(withPage, /^page-release$/);
      await expectWithPage(snapshots.withPage);
    });

    it(`${often} while it removes a release is completed by the next`, async () => {
      await interrupt(withoutPage, /^page-release$/);
      await expectWithoutPage(snapshots.withoutPage);
    });

    it(`${often} while a script creates a route is completed by the next`, async () => {
      await interrupt(withPage, /^page\.lab\.test-.*-route-file$/);
      await expectWithPage(snapshots.withPage);
    });

    it(`${often} in a destroy, while a script removes a unit, is completed by the next`, async () => {
      await interrupt(destroy, /^page-proxy-unit$/);
      await runStack({ ...destroy, refresh: true });
      expect(await takeLabSnapshot()).to.deep.equal(snapshots.empty);
    });
  }
});
