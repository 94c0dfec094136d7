import { expect } from "chai";
import { runStack, startStack } from "../../lab/operator.ts";
import { poll } from "../../lab/poll.ts";
import { rebootMachine } from "../../lab/reboot.ts";
import { ssh } from "../../lab/run.ts";
import { hosts } from "../../lab/topology.ts";
import { cutOff, isAt, unlock } from "./cuts.ts";
import { failureOf } from "./failure.ts";
import { expectWithPage, lookAtBothWorlds, withoutPage, withPage } from "./smallStack.ts";
import { stepsIn } from "./steps.ts";
import { lookAtWorld, type World } from "./world.ts";

const machines = ["home", "vps"] as const;
type Machine = (typeof machines)[number];

/** The first script on each machine that writes a file when the app is added. */
const writing = { home: /^page-proxy-unit$/, vps: /-route-file$/ };

/** A script that writes a file stands still before it, as long as the mark is there. A reboot takes that away. */
const slowly = "/usr/local/sbin/mktemp";
const mark = "/run/test-halts-scripts";
const slowProgram = `#!/bin/sh\nwhile [ -e ${mark} ]; do sleep 0.1; done\nexec /usr/bin/mktemp "$@"\n`;

describe("a script that is at work on a host", function () {
  this.timeout(10 * 60_000);
  let worldWithPage: World;
  let worldWithout: World;

  before("what there is when nothing goes wrong", async () => {
    await unlock();
    ({ worldWithPage, worldWithout } = await lookAtBothWorlds());
    for (const machine of machines) {
      await ssh(machine, `sudo tee ${slowly} && sudo chmod +x ${slowly}`, { input: slowProgram });
    }
  });

  afterEach("the app is taken away again, wholly", async () => {
    for (const machine of machines) await goOn(machine);
    await unlock();
    await runStack(withoutPage);
    expect(await lookAtWorld()).to.deep.equal(worldWithout);
  });

  after(async () => {
    for (const machine of machines) await ssh(machine, `sudo rm -f ${slowly}`);
    await runStack({ operation: "up" });
  });

  for (const machine of machines) {
    it(`is done again when ${machine} has been rebooted in the middle of it`, async () => {
      await halt(machine);
      let reboot: Promise<void> | undefined;
      const { result } = startStack(withPage, (text) => {
        if (!isAt(writing[machine])(stepsIn(text))) return;
        reboot ??= untilHalted(machine).then(() => rebootMachine(machine));
      });
      expect(await failureOf(result)).to.include(`create '${hosts[machine].address}:22'`);
      expect(reboot, "the reboot").not.to.equal(undefined);
      await reboot;
      await expectWithPage(worldWithPage);
    });
  }

  it("from a run that was killed is waited for by the next one's", async () => {
    await halt("home");
    await cutOff(withPage, {
      victim: "engine",
      when: isAt(writing.home),
      until: () => untilHalted("home"),
      toTheLast: false,
    });
    await unlock();
    const next = runStack(withPage);
    await poll(async () => expect(await count("home", "^flock .*page-proxy-unit")).to.equal(2), {
      what: "the second script",
      timeout: 60_000,
      interval: 500,
    });
    expect(await count("home", `^/bin/sh ${slowly}`), "scripts at work").to.equal(1);
    await goOn("home");
    await next;
    await expectWithPage(worldWithPage);
  });
});

async function halt(machine: Machine): Promise<void> {
  await ssh(machine, `sudo touch ${mark}`);
}

async function goOn(machine: Machine): Promise<void> {
  await ssh(machine, `sudo rm -f ${mark}`);
}

async function untilHalted(machine: Machine): Promise<void> {
  await poll(async () => expect(await count(machine, `^/bin/sh ${slowly}`)).to.be.above(0), {
    what: `a script on ${machine} to stand still`,
    timeout: 60_000,
  });
}

/** How many processes of root's have a command line like this. */
async function count(machine: Machine, pattern: string): Promise<number> {
  return Number(await ssh(machine, `pgrep --uid 0 --count --full '${pattern}' || true`));
}
