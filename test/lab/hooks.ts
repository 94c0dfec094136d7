import { config as chai } from "chai";
import type { RootHookObject } from "mocha";
import { bootSteps, labStatus } from "../../lab/lab.ts";
import { runningMachines } from "../../lab/machines.ts";
import { patience } from "../../lab/poll.ts";
import { runSteps } from "../../lab/progress.ts";
import { ssh } from "../../lab/run.ts";

// A message has to list the changes on a host, which "expected [ Array(1) ] to be empty" would hide.
chai.truncateThreshold = 0;

export const mochaHooks: RootHookObject = {
  /** The suite has booted the lab, but an earlier test file may have left a part of it down. */
  async beforeAll() {
    if (!Object.values(labStatus()).every(Boolean)) await runSteps(bootSteps(), { quiet: true });
  },

  beforeEach(this: Mocha.Context) {
    this.currentTest?.timeout(this.currentTest.timeout() * patience());
  },

  async afterEach(this: Mocha.Context) {
    if (this.currentTest?.state === "failed") console.error(await hostStates());
  },

  async afterAll(this: Mocha.Context) {
    const tests: Mocha.Test[] = [];
    this.test?.parent?.eachTest((test) => tests.push(test));
    // Tests have no state only after a failed hook.
    if (tests.some((test) => test.state === undefined && !test.isPending())) {
      console.error(await hostStates());
    }
  },
};

/** The first things to look at after a failure: the state of the lab, and each host's latest log lines. */
async function hostStates(): Promise<string> {
  const look = [
    "sudo systemctl --failed --no-legend",
    "sudo journalctl --no-pager -n 25 -p warning",
    // Traefik logs without a priority.
    `sudo journalctl --no-pager -u traefik -o cat | grep -E '"level":"(warn|error)"' | tail -n 15`,
    // tailscaled logs everything with the same priority, and starts again at each boot.
    "ip -brief address; sudo tailscale status; sudo journalctl --no-pager -b -u tailscaled | head -n 30",
    "sudo journalctl --no-pager -b -u tailscaled | tail -n 20",
  ].join("; ");
  const texts = await Promise.all(
    runningMachines().map(async (host) => `── ${host}\n${await ssh(host, look, { reject: false })}`),
  );
  return [`── lab\n${JSON.stringify(labStatus(), null, 2)}`, ...texts].join("\n");
}
