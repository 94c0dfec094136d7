import { expect } from "chai";
import { runStack } from "../../lab/operator.ts";
import { cutOff, NotCutOffError, unlock, type Victim } from "./cuts.ts";
import { smallStack } from "./smallStack.ts";
import { finished, stepsIn, underWay } from "./steps.ts";
import { lookAtWorld, type World } from "./world.ts";

type Operation = "destroy" | "up";
const operations = ["destroy", "up"] as const;
const victims = ["engine", "plugin", "program"] as const satisfies Victim[];
const thirds = ["early", "in the middle", "late"] as const;

/** Of each operation. */
const wanted = 20;
/** One for each third of an operation: each run goes on where the one before was killed. */
const killsARound = thirds.length;
/** Two more than are needed, since a run may come to its end before the last of them. */
const rounds = Math.ceil(wanted / killsARound) + 2;

/**
 * How far an operation is, the engine's own count says: of how many resources it has told that they are done. The
 * points lie evenly over all but the last of them. From round to round the victims change places.
 */
describe(`a run that is killed, at ${wanted} points, ends whole when it is run again`, function () {
  this.timeout(30 * 60_000);
  const points: Record<Operation, string[]> = { destroy: [], up: [] };
  const whole = {} as Record<Operation, World>;
  const all = {} as Record<Operation, number>;

  before("what there is when nothing goes wrong", async () => {
    await unlock();
    await runStack({ operation: "up", apps: smallStack });
    for (const operation of operations) {
      let output = "";
      await runStack({ operation, apps: smallStack }, (text) => (output += text));
      whole[operation] = await lookAtWorld();
      all[operation] = finished(stepsIn(output)).length;
    }
    expect(whole.destroy).to.deep.include({ records: [], releases: [] });
    expect(whole.up.releases).to.deep.equal(["page/page deployed"]);
  });

  after("the lab's own stack again", async () => {
    await unlock();
    await runStack({ operation: "up" });
  });

  it("destroy and up in turn", async () => {
    for (let round = 0; operations.some((operation) => points[operation].length < wanted); round += 1) {
      expect(round, `rounds, after ${JSON.stringify(points)}`).to.be.below(rounds);
      for (const operation of operations) {
        await killRepeatedly(operation, round);
        await runStack(again(operation));
        expect(await lookAtWorld(), `${operation}, round ${round + 1}`).to.deep.equal(whole[operation]);
        if (operation === "up") expect((await runStack(again("up"))).changes).to.have.all.keys("same");
      }
    }
  });

  it("were engine, plugin and program, each early, in the middle and late", () => {
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
      const before = Math.min(Math.floor(share * all[operation]), all[operation] - 3);
      try {
        const steps = await cutOff(again(operation), {
          victim,
          when: (soFar) =>
            new Set([...done, ...finished(soFar)]).size >= before && underWay(soFar).length > 0,
        });
        for (const name of finished(steps)) done.add(name);
        const at = underWay(steps).map(({ what, name }) => `${what} ${name}`);
        console.log(
          `        ${done.size} of ${all[operation]} done; ${victim} killed while ${at.join(", ")}`,
        );
      } catch (error) {
        // All done already is no failure. A failure of its own is.
        if (!(error instanceof NotCutOffError) || error.cause !== undefined) throw error;
        return;
      }
      points[operation].push(`${victim} ${third}`);
      await unlock();
    }
  }
});

/** As README has it. */
function again(operation: Operation) {
  return { operation, apps: smallStack, refresh: true };
}
