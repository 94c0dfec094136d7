import { expect } from "chai";
import { join } from "node:path";
import { inCluster } from "../../../../lab/cluster/index.ts";
import { layout } from "../../../../lab/cluster/layout.ts";
import { runStack } from "../../../../lab/operator.ts";
import { projectRoot, tool } from "../../../../lab/paths.ts";
import { poll } from "../../../../lab/poll.ts";
import { runInNetwork } from "../../../../lab/run.ts";
import { cutOff, cutOffUnwritten, isAt, unlock } from "../../cuts.ts";
import { failureOf } from "../../failure.ts";
import {
  expectWithoutPage,
  expectWithPage,
  page,
  startWithoutPage,
  takePageAway,
  withoutPage,
  withPage,
} from "../../smallStack.ts";
import { dnsRecords } from "../../labSnapshot.ts";

describe("a run that was killed while it added an app", () => {
  const snapshots = startWithoutPage();

  afterEach("remove the app completely", async () => {
    await startPods();
    await unlock();
    await expectWithoutPage(snapshots.withoutPage);
  });

  it("is completed by the next, although Helm refuses to change its pending release", async () => {
    const until = reached(statusOfPage, "pending-install");
    await startNoPods();
    await cutOff(withPage, { victim: "plugin", when: isAt(/^page-release$/), until });
    await startPods();
    expect(await statusOfPage()).to.equal("pending-install");
    await expectWithPage(snapshots.withPage);
  });

  it("is completed by the next, which adopts a release missing from the state", async () => {
    const prepare = () => takePageAway().then(startNoPods);
    const until = reached(statusOfPage, "pending-install");
    const untilHalted = () => startPods().then(reached(statusOfPage, "deployed"));
    await cutOffUnwritten(prepare, withPage, {
      victim: "engine",
      when: isAt(/^page-release$/),
      until,
      untilHalted,
    });
    await unlock();
    await expectWithPage(snapshots.withPage);
  });

  it("leaves a lock that the next run explains, and a record that the next run adopts", async () => {
    const untilHalted = reached(async () => (await dnsRecords()).join(), " page.lab.test ");
    const when = isAt(/^page\.lab\.test.*-record-a$/);
    await cutOffUnwritten(takePageAway, withPage, { victim: "engine", when, untilHalted });
    const refused = await failureOf(runStack(withPage));
    expect(refused).to.include("the stack is currently locked").and.include("pulumi cancel");
    await unlock();
    await expectWithPage(snapshots.withPage);
  });
});

describe("a Helm release that another program installed", () => {
  const snapshots = startWithoutPage();

  it("is not adopted: the run fails and does not change it", async () => {
    const chart = join(projectRoot, page.chart?.name ?? "");
    await helm("install", "page", chart, "--namespace=page", "--create-namespace", "--wait");
    const theirs = await objectsOfPage();
    const refused = await failureOf(runStack(withPage));
    expect(refused).to.include(
      "the Helm release page/page already exists, and does not belong to this stack",
    );
    expect(await objectsOfPage()).to.equal(theirs);
    await helm("uninstall", "page", "--namespace=page", "--wait");
    await inCluster(["delete", "namespace", "page"]);
    await expectWithPage(snapshots.withPage);
    await runStack(withoutPage);
  });
});

describe("a run that was killed while it removed an app", () => {
  const snapshots = startWithoutPage();

  for (const [what, name, isGone] of [
    ["release", /^page-release$/, async () => (await statusOfPage()) === ""],
    ["record", /-record-a$/, async () => (await dnsRecords()).length === 0],
  ] as const) {
    it(`is completed by the next with --refresh, although its ${what} is already removed`, async () => {
      const prepare = () => runStack(withPage);
      const untilHalted = () =>
        poll(async () => expect(await isGone(), `the ${what} is gone`).to.equal(true), {
          what: `the ${what} to go`,
          timeout: 120_000,
        });
      await cutOffUnwritten(prepare, withoutPage, { victim: "engine", when: isAt(name), untilHalted });
      await unlock();
      expect(await failureOf(runStack(withoutPage)), "without --refresh").to.match(/not found|not exist/i);
      await expectWithoutPage(snapshots.withoutPage);
    });
  }
});

const reached = (look: () => Promise<string> | string, state: string) => () =>
  poll(async () => expect(await look()).to.include(state), { what: state, timeout: 120_000, interval: 50 });

/** No pod starts, so an installation that waits for one does not end. */
const startNoPods = () => inCluster(["cordon", "home"]);
const startPods = () => inCluster(["uncordon", "home"]);

/** Acts as another user of the cluster. */
async function helm(...args: string[]): Promise<string> {
  const kubeconfig = join(layout.config, "admin.kubeconfig");
  return runInNetwork("laptop", [tool("helm"), `--kubeconfig=${kubeconfig}`, ...args]);
}

/** A changed object has another generation; a changed release has one more Secret. */
async function objectsOfPage(): Promise<string> {
  const each = '{range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.generation}{"\\n"}{end}';
  return inCluster(["get", "deployments,services,secrets", "-n", "page", "-o", `jsonpath=${each}`]);
}

/** Helm's status of the release `page`; empty if there is none. */
async function statusOfPage(): Promise<string> {
  const status = ["-o", "jsonpath={.items[*].metadata.labels.status}"];
  return inCluster(["get", "secrets", "-n", "page", "-l", "owner=helm,name=page", ...status]);
}
