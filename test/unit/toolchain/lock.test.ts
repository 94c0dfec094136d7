import { expect } from "chai";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startTimeOf } from "../../../lab/process.ts";
import { withLock } from "../../../lab/toolchain/lock.ts";

describe("toolchain: the lock", () => {
  let directory: string;
  let file: string;
  let lines: string[];
  const context = { report: (line: string) => lines.push(line) };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "lock-"));
    file = join(directory, "sample.lock");
    lines = [];
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it("is held during the body and gone after it, also after a failure", async () => {
    await withLock(file, context, () => Promise.resolve(expect(existsSync(file)).to.equal(true)));
    expect(readdirSync(directory)).to.be.empty;
    const failure = await withLock(file, context, () => Promise.reject(new Error("broken"))).catch(String);
    expect(failure).to.equal("Error: broken");
    expect(readdirSync(directory)).to.be.empty;
  });

  const stale = {
    "of a process that is gone": JSON.stringify({ pid: 2 ** 22 + 1, startTime: "1" }),
    "of another process that had the same id": JSON.stringify({ pid: process.pid, startTime: "1" }),
    "that no one can read": "{",
  };
  for (const [which, content] of Object.entries(stale)) {
    it(`takes over one ${which}`, async () => {
      writeFileSync(file, content);
      expect(await withLock(file, context, () => Promise.resolve("done"))).to.equal("done");
      expect(lines).to.be.empty;
      expect(readdirSync(directory)).to.be.empty;
    });
  }

  it("waits for a live one, and says for whom", async () => {
    const order: string[] = [];
    const first = withLock(file, context, async () => {
      await sleep(50);
      order.push("first");
    });
    const second = withLock(file, context, () => Promise.resolve(order.push("second")));
    await Promise.all([first, second]);
    expect(order).to.deep.equal(["first", "second"]);
    expect(lines).to.deep.equal([`waiting for process ${process.pid}, which is at it already`]);
  });

  it("stops waiting when told to", async () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));
    const signal = AbortSignal.timeout(20);
    const outcome = await withLock(file, { ...context, signal }, () => Promise.resolve("ran")).catch(
      () => "stopped",
    );
    expect(outcome).to.equal("stopped");
    expect(existsSync(file)).to.equal(true);
  });
});
