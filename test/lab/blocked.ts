import { services } from "../../lab/topology.ts";
import { nft } from "../../lab/network.ts";

const table = "blocked";

/** A place that nobody gets a connection to for a while. */
export interface Blocked {
  /** The network that it is in. */
  network: string;
  address: string;
  port: number;
  /** How it says so; one that says nothing leaves whoever asks to wait. */
  verdict: "reject with tcp reset" | "drop";
}

/** As if what listens there were down; it runs on, and keeps what it has in memory. */
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

/** Nobody gets a connection to the vendor's API. */
export function unreachable(vendor: "cloudflare" | "tailscale") {
  const api = { network: "inet", ...services[vendor], verdict: "reject with tcp reset" } as const;
  return { broken: () => block(api), mended: () => unblock(api) };
}
