import { services } from "../../lab/topology.ts";
import { nft } from "../../lab/network.ts";

const table = "blocked";

/** An address and port that accept no connections for a while. */
export interface Blocked {
  /** The host whose network contains it. */
  network: string;
  address: string;
  port: number;
  /** How connections are blocked; if packets are dropped, clients wait. */
  verdict: "reject with tcp reset" | "drop";
}

/** Simulates that the listening program is down; it keeps running with its memory. */
export async function block({ network, address, port, verdict }: Blocked): Promise<void> {
  await nft(
    network,
    `table inet ${table} {
      chain input {
        type filter hook input priority filter
        ip daddr ${address} tcp dport ${port} ${verdict}
      }
    }`,
  );
}

export async function unblock({ network }: Pick<Blocked, "network">): Promise<void> {
  await nft(network, `delete table inet ${table}`);
}

/** Blocks all connections to the vendor's API. */
export function unreachable(vendor: "cloudflare" | "tailscale") {
  const api = { network: "inet", ...services[vendor], verdict: "reject with tcp reset" } as const;
  return { cause: () => block(api), repair: () => unblock(api) };
}
