import { expect } from "chai";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startTimeOf } from "../../../lab/process.ts";
import { withLock } from "../../../lab/toolchain/lock.ts";
import { rejection } from "../rejection.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";

describe("the toolchain lock", () => {
  const newDirectory = temporaryDirectories();
  let directory: string;
  let file: string;
  let lines: string[];
  const context = { report: (line: string) => lines.push(line) };

  beforeEach(() => {
    directory = newDirectory();
    file = join(directory, "sample.lock");
    lines = [];
  });

  it("is held during the body and released after it, even if the body fails", async () => {
    await withLock(file, context, () => Promise.resolve(expect(existsSync(file)).to.equal(true)));
    expect(readdirSync(directory)).to.be.empty;
    const failing = withLock(file, context, () => Promise.reject(new Error("broken")));
    expect(String(await rejection(failing))).to.equal("Error: broken");
    expect(readdirSync(directory)).to.be.empty;
  });

  const stale = {
    "if its process has ended": JSON.stringify({ pid: 2 ** 22 + 1, startTime: "1" }),
    "if its process id now belongs to another process": JSON.stringify({ pid: process.pid, startTime: "1" }),
    "if it cannot be parsed": "{",
  };
  for (const [condition, content] of Object.entries(stale)) {
    it(`is taken over ${condition}`, async () => {
      writeFileSync(file, content);
      expect(await withLock(file, context, () => Promise.resolve("done"))).to.equal("done");
      expect(lines).to.be.empty;
      expect(readdirSync(directory)).to.be.empty;
    });
  }

  it("is waited for while its process runs, and the process is named", async () => {
    const order: string[] = [];
    const first = withLock(file, context, async () => {
      await sleep(50);
      order.push("first");
    });
    const second = withLock(file, context, () => Promise.resolve(order.push("second")));
    await Promise.all([first, second]);
    expect(order).to.deep.equal(["first", "second"]);
    expect(lines).to.deep.equal([`waiting for process ${process.pid}, which holds the lock`]);
  });

  it("is no longer waited for after an abort", async () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));
    const signal = AbortSignal.timeout(20);
    const waiting = withLock(file, { ...context, signal }, () => Promise.resolve("ran"));
    expect((await rejection(waiting)).name).to.equal("AbortError");
    expect(existsSync(file)).to.equal(true);
  });
});
