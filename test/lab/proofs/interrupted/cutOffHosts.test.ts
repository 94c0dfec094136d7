import { expect } from "chai";
import { runStack, startStack } from "../../../../lab/operator.ts";
import { poll } from "../../../../lab/poll.ts";
import { rebootMachine } from "../../../../lab/reboot.ts";
import { ssh } from "../../../../lab/run.ts";
import { hosts } from "../../../../lab/topology.ts";
import { cutOff, isAt, unlock } from "../../cuts.ts";
import { failureOf } from "../../failure.ts";
import { expectWithPage, startWithoutPage, withoutPage, withPage } from "../../smallStack.ts";
import { stepsIn } from "../../steps.ts";
import { takeLabSnapshot } from "../../labSnapshot.ts";

const machines = ["home", "vps"] as const;
type Machine = (typeof machines)[number];

/** The first script on each machine that writes a file if the app is added. */
const writing = { home: /^page-proxy-unit$/, vps: /-route-file$/ };

/** Scripts that write a file wait before it as long as the mark exists. A reboot removes the mark. */
const slowly = "/usr/local/sbin/mktemp";
const mark = "/run/test-halts-scripts";
const slowProgram = `#!/bin/sh\nwhile [ -e ${mark} ]; do sleep 0.1; done\nexec /usr/bin/mktemp "$@"\n`;

describe("a script that is running on a host", () => {
  const snapshots = startWithoutPage();

  before("make scripts slow", async () => {
    for (const machine of machines) {
      await ssh(machine, `sudo tee ${slowly} && sudo chmod +x ${slowly}`, { input: slowProgram });
    }
  });

  afterEach("remove the app completely", async () => {
    for (const machine of machines) await goOn(machine);
    await unlock();
    await runStack(withoutPage);
    expect(await takeLabSnapshot()).to.deep.equal(snapshots.withoutPage);
  });

  after(async () => {
    for (const machine of machines) await ssh(machine, `sudo rm -f ${slowly}`);
  });

  for (const machine of machines) {
    it(`is run again if ${machine} rebooted in the middle of it`, async () => {
      await halt(machine);
      let reboot: Promise<void> | undefined;
      const { result } = startStack(withPage, (text) => {
        if (!isAt(writing[machine])(stepsIn(text))) return;
        reboot ??= untilHalted(machine).then(() => rebootMachine(machine));
      });
      expect(await failureOf(result)).to.include(`'${hosts[machine].address}:22'`);
      expect(reboot, "the reboot").not.to.equal(undefined);
      await reboot;
      await expectWithPage(snapshots.withPage);
    });
  }

  it("makes the next run's script wait if its own run was killed", async () => {
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
    // The fork of a slow script has the script's command line until it executes `sleep`, so one script may count as two
    // for a moment. Two waiting scripts would never count as one.
    await poll(async () => expect(await count("home", `^/bin/sh ${slowly}`)).to.equal(1), {
      what: "a single script at work",
      timeout: 10_000,
    });
    await goOn("home");
    await next;
    await expectWithPage(snapshots.withPage);
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

/** The number of root's processes with such a command line. */
async function count(machine: Machine, pattern: string): Promise<number> {
  return Number(await ssh(machine, `pgrep --uid 0 --count --full '${pattern}' || true`));
}
