import { expect } from "chai";
import { runStack } from "../../../lab/operator.ts";
import { hosts } from "../../../lab/topology.ts";
import { nft } from "../../../lab/network.ts";
import { changeable, errorsOf } from "../refusal.ts";
import { changesOfRun, takeFootprint } from "../footprint.ts";
import { takeSnapshot } from "../hostSnapshot.ts";
import { standingStack } from "../standingStack.ts";

describe("a destroy that meets a fault changes nothing on the host, and the next one completes it:", () => {
  before(standingStack);

  it("a host with another key", async () => {
    expect(await ours(), "what there is to remove").not.to.be.empty;
    const before = await takeSnapshot("vps", changeable);
    const { errors, output } = await withHomeInItsPlace(() => errorsOf({ operation: "destroy" }));
    expect(errors, output).not.to.be.empty;
    for (const error of errors) expect(error).to.contain("host key mismatch");
    expect(changesOfRun(before, await takeSnapshot("vps", changeable))).to.deep.equal([]);
    expect(await ours()).to.include("vps file /etc/traefik/traefik.yaml");

    await runStack({ operation: "destroy" });
    expect(await ours()).to.deep.equal([]);
  });
});

/** Everything that the program has created on the hosts, and the records. */
async function ours(): Promise<string[]> {
  const names = [...(await takeFootprint()).keys()];
  return names.filter((name) => /^record |^\w+ (file|rule|table) .*(mynodeone|traefik|-proxy)/.test(name));
}

/** Redirects the laptop's connections to the VPS's SSH server to the home's, like a machine in the middle. */
async function withHomeInItsPlace<T>(body: () => Promise<T>): Promise<T> {
  const table = "another_host";
  await nft(
    "laptop",
    `table ip ${table} {
      chain output {
        type nat hook output priority -100
        ip daddr ${hosts.vps.address} tcp dport 22 dnat to ${hosts.home.address}
      }
    }`,
  );
  try {
    return await body();
  } finally {
    await nft("laptop", `delete table ip ${table}`);
  }
}
