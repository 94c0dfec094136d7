import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { descendantsOf, processOf, startTimeOf, stillRuns } from "../../../lab/process.ts";

describe("a process of the lab", () => {
  it("is a running descendant of its parent until it ends", async () => {
    const child = spawn("sleep", ["60"]);
    const pid = child.pid ?? NaN;
    await once(child, "spawn");
    const seen = descendantsOf(process.pid).find((one) => one.pid === pid);
    expect(seen?.command).to.deep.equal(["sleep", "60"]);
    expect(seen && stillRuns(seen)).to.equal(true);

    child.kill("SIGKILL");
    await once(child, "exit");
    expect(seen && stillRuns(seen)).to.equal(false);
    expect(processOf(pid)).to.equal(undefined);
    expect(descendantsOf(process.pid).map((one) => one.pid)).not.to.include(pid);
  });

  it("is distinguished by its start time from an earlier one with the same id", () => {
    expect(stillRuns({ pid: process.pid, startTime: startTimeOf(process.pid) ?? "" })).to.equal(true);
    expect(stillRuns({ pid: process.pid, startTime: "1" })).to.equal(false);
  });

  it("does not count as running if it has ended and its record has no start time", () => {
    const record = JSON.parse(`{ "pid": 4194305 }`) as Parameters<typeof stillRuns>[0];
    expect(stillRuns(record)).to.equal(false);
  });
});
