import type { RootHookObject } from "mocha";
import { bootSteps, isLabUp, labStatus, provisionSteps, removeLab } from "../../lab/lab.ts";
import { runSteps } from "../../lab/progress.ts";
import { ssh } from "../../lab/run.ts";
import { checkPrerequisites } from "../../lab/toolchain/index.ts";

/** A lab that was there before the tests is its owner's: it stays. */
let found = false;

export const mochaHooks: RootHookObject = {
  async beforeAll(this: Mocha.Context) {
    found = isLabUp();
    if (found && Object.values(labStatus()).every(Boolean)) return;
    // Cold, this compiles Kubernetes and the engine.
    this.timeout(80 * 60_000);
    await checkPrerequisites();
    await runSteps([...provisionSteps(), ...bootSteps()], { quiet: !process.stdout.isTTY });
  },

  async afterEach(this: Mocha.Context) {
    if (this.currentTest?.state === "failed") console.error(await hostStates());
  },

  async afterAll() {
    if (!found) await removeLab();
  },
};

/** What an engineer would look at first: the state of the lab, and each host's latest words. */
async function hostStates(): Promise<string> {
  const journal = "sudo systemctl --failed --no-legend; sudo journalctl --no-pager -n 25 -p warning";
  const reports = ["vps", "home"] as const;
  const texts = await Promise.all(
    reports.map(async (host) => `── ${host}\n${await ssh(host, journal, { reject: false })}`),
  );
  return [`── lab\n${JSON.stringify(labStatus(), null, 2)}`, ...texts].join("\n");
}
