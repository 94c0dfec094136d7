import { runStack, wasLast } from "../../lab/operator.ts";

const declared = { operation: "up" } as const;

/** Brings the stack to the lab's declared config. Does nothing if the last operation did so already. */
export async function standingStack(): Promise<void> {
  if (!wasLast(declared)) await runStack(declared);
}
