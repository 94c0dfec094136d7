import { run } from "../../lab/run.ts";
import { netns } from "../../lab/topology.ts";
import { nft } from "../../lab/network.ts";

const table = "count_dials";

/**
 * Counts the SSH connections opened meanwhile on the laptop, where the program runs. The kernel counts them, so that no
 * connection is missed.
 */
export async function countSshDials(body: () => Promise<unknown>): Promise<number> {
  await nft(
    "laptop",
    `table inet ${table} {
      chain output {
        type filter hook output priority filter
        tcp dport 22 tcp flags & (syn | ack) == syn counter
      }
    }`,
  );
  try {
    await body();
    const inLaptop = [`--net=/run/netns/${netns("laptop")}`, "--"];
    const rules = await run("nsenter", [...inLaptop, "nft", "list", "table", "inet", table]);
    return Number(/counter packets (\d+)/.exec(rules)?.[1]);
  } finally {
    await nft("laptop", `delete table inet ${table}`);
  }
}
