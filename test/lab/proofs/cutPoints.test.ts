import { expect } from "chai";
import { runStack } from "../../../lab/operator.ts";
import { cutOff, NotCutOffError, unlock, type Victim } from "../cuts.ts";
import { smallStack, smallSnapshots, withPage, type SmallStackSnapshots } from "../smallStack.ts";
import { finished, underWay } from "../steps.ts";
import { takeLabSnapshot } from "../labSnapshot.ts";

type Operation = "destroy" | "up";
const operations = ["destroy", "up"] as const;
const victims = ["engine", "plugin", "program"] as const satisfies Victim[];
const thirds = ["early", "in the middle", "late"] as const;

/** For each operation. */
const wanted = 20;
/** One in each third of an operation: each run continues where the previous one was killed. */
const killsARound = thirds.length;
/** Two more than needed, since a run may end before its last point. */
const rounds = Math.ceil(wanted / killsARound) + 2;

/**
 * The progress of an operation is the number of resources that the engine has reported as done. The points are evenly
 * distributed over all but the last of them. The victims rotate from round to round.
 */
describe(`a run that was killed, at each of ${wanted} points,`, function () {
  this.timeout(30 * 60_000);
  const points: Record<Operation, string[]> = { destroy: [], up: [] };
  let snapshots: SmallStackSnapshots;
  const whole = (operation: Operation) => (operation === "up" ? snapshots.withPage : snapshots.empty);

  before("record the results of uninterrupted runs", async () => {
    snapshots = await smallSnapshots();
    await unlock();
    await runStack(withPage);
  });

  after(unlock);

  it("is completed by running it again, for destroy as well as for up", async () => {
    for (let round = 0; operations.some((operation) => points[operation].length < wanted); round += 1) {
      expect(round, `rounds, after ${JSON.stringify(points)}`).to.be.below(rounds);
      for (const operation of operations) {
        await killRepeatedly(operation, round);
        await runStack(again(operation));
        expect(await takeLabSnapshot(), `${operation}, round ${round + 1}`).to.deep.equal(whole(operation));
        if (operation === "up") expect((await runStack(again("up"))).changes).to.have.all.keys("same");
      }
    }
  });

  it("had its engine, plugin and program killed early, in the middle and late", () => {
    const each = victims.flatMap((victim) => thirds.map((third) => `${victim} ${third}`));
    for (const operation of operations) {
      expect(points[operation], operation).to.include.members(each).and.have.lengthOf.at.least(wanted);
    }
  });

  async function killRepeatedly(operation: Operation, round: number): Promise<void> {
    const done = new Set<string>();
    for (const [kill, third] of thirds.entries()) {
      const victim = victims[(round + kill) % victims.length] ?? "engine";
      const share = (kill + round / rounds) / killsARound;
      const before = Math.min(Math.floor(share * snapshots.steps[operation]), snapshots.steps[operation] - 3);
      try {
        const steps = await cutOff(again(operation), {
          victim,
          when: (soFar) =>
            new Set([...done, ...finished(soFar)]).size >= before && underWay(soFar).length > 0,
        });
        for (const name of finished(steps)) done.add(name);
        const at = underWay(steps).map(({ what, name }) => `${what} ${name}`);
        console.log(
          `        ${done.size} of ${snapshots.steps[operation]} done; ${victim} killed while ${at.join(", ")}`,
        );
      } catch (error) {
        // An operation that is already complete is not a failure, but one with its own error is.
        if (!(error instanceof NotCutOffError) || error.cause !== undefined) throw error;
        return;
      }
      points[operation].push(`${victim} ${third}`);
      await unlock();
    }
  }
});

/** As described in the README. */
function again(operation: Operation) {
  return { operation, apps: smallStack, refresh: true };
}
