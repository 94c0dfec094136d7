import { expect } from "chai";
import { rmSync } from "node:fs";
import { inCluster } from "../../../lab/cluster/index.ts";
import { forgetLastRequest, runStack } from "../../../lab/operator.ts";
import { stateFile } from "../../../lab/state.ts";
import { errorsOf } from "../refusal.ts";
import { askUntil } from "../outside.ts";
import { withoutPage, withPage } from "../smallStack.ts";
import { takeLabSnapshot, type LabSnapshot } from "../labSnapshot.ts";

/** See "A lost state" in docs/operations.md. */
describe("a stack whose state is lost", () => {
  let snapshot: LabSnapshot;
  let deployment: string;

  const uidOfDeployment = () =>
    inCluster(["get", "deployment", "page", "--namespace", "page", "-o", "jsonpath={.metadata.uid}"]);
  const ofPage = ({ hosts, records }: LabSnapshot) =>
    [...hosts, ...records].filter((thing) => /\bpage\b/.test(thing));

  before(async () => {
    await runStack(withPage);
    snapshot = await takeLabSnapshot();
    deployment = await uidOfDeployment();
    loseState();
  });

  it("is refused at a Helm release, which has no mark, and keeps everything", async () => {
    const { errors } = await errorsOf(withPage);
    expect(errors).to.have.lengthOf(1);
    expect(errors[0]).to.include("the Helm release page/page");
    expect(await takeLabSnapshot()).to.deep.equal(snapshot);
    await askUntil("https://page.lab.test/get", 200);
  });

  it("adopts everything by its marks, once Helm's records of the release are deleted", async () => {
    await deleteHelmsRecords();
    await runStack(withPage);
    expect(await takeLabSnapshot()).to.deep.equal(snapshot);
    expect(await uidOfDeployment()).to.equal(deployment);
    expect((await runStack(withPage)).changes).to.have.all.keys("same");
    await askUntil("https://page.lab.test/get", 200);
  });

  it("leaves an app that is no longer in the config, until the app is in it again and then removed", async () => {
    loseState();
    await runStack(withoutPage);
    expect(ofPage(await takeLabSnapshot())).to.deep.equal(ofPage(snapshot));
    await askUntil("https://page.lab.test/get", 200);

    await deleteHelmsRecords();
    await runStack(withPage);
    await runStack(withoutPage);
    expect(ofPage(snapshot)).not.to.be.empty;
    expect(ofPage(await takeLabSnapshot())).to.be.empty;
  });
});

function loseState(): void {
  rmSync(stateFile);
  forgetLastRequest();
}

/** As docs/operations.md advises. */
async function deleteHelmsRecords(): Promise<void> {
  await inCluster(["--namespace", "page", "delete", "secret", "--selector", "owner=helm,name=page"]);
}
