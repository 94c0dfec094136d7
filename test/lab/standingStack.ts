import { runStack, wasLast } from "../../lab/operator.ts";

const declared = { operation: "up" } as const;

/**
 * Brings the stack to what the lab declares, as most files want it to begin with. In a run of the suite nothing is to
 * be done where the last operation did just that. No file has to bring it back for the next one.
 */
export async function standingStack(): Promise<void> {
  if (process.env.MYNODEONE_SUITE === "1" && wasLast(declared)) return;
  await runStack(declared);
}
