import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStack } from "../../lab/operator.ts";
import { runBareStack, type BareStack } from "./bareStack.ts";
import { countResources, expectNoChange } from "./checkpoint.ts";
import { secondsOf, type Measurement } from "./measurement.ts";

let bare: BareStack | undefined;

/** See `bareStack.ts` for what both stacks have in common. */
export const noOpUp: Measurement<"no-op-up" | "no-op-bare"> = {
  name: "no-op-up",
  figures: {
    "no-op-up": "pulumi up of the lab's stack that changes nothing, its process's start included",
    "no-op-bare": "the same of a program with as many resources that the engine keeps itself",
  },
  runs: 5,
  needsLab: true,
  prepare: async () => {
    bare = { directory: mkdtempSync(join(tmpdir(), "mynodeone-bench-")), ...countResources() };
    await runBareStack(bare);
  },
  run: async () => {
    // Both are measured in each run, so that a slow phase of the machine affects both.
    const real = await secondsOf(async () => {
      expectNoChange((await runStack({ operation: "up" })).changes);
    });
    const floor = await secondsOf(async () => {
      if (bare) expectNoChange(await runBareStack(bare));
    });
    return { "no-op-up": real, "no-op-bare": floor };
  },
  cleanUp: () => {
    if (bare) rmSync(bare.directory, { recursive: true, force: true });
    return Promise.resolve();
  },
};
