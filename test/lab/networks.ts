/** Changes to the networks of the lab's hosts, made from outside of them. */
import { run } from "../../lab/run.ts";
import { netns } from "../../lab/topology.ts";

/** `ip` in a host's network. */
export async function ip(network: string, ...args: string[]): Promise<void> {
  await run("ip", ["-n", netns(network), ...args]);
}

/** Rules as `nft -f` reads them. */
export async function nft(network: string, rules: string): Promise<void> {
  await run("nsenter", [`--net=/run/netns/${netns(network)}`, "--", "nft", "-f", "-"], { input: rules });
}
