import { expect } from "chai";
import { k3sNetworks, liesInAny } from "../../../components/inputs/networks.ts";
import { loadConfig } from "../../../config/index.ts";
import { definitionOf } from "../apps/chosen.ts";
import { minimalWith } from "./stackFile.ts";

describe("the context of an app's values", () => {
  const catalogue = {
    jellyfin: {
      ...definitionOf("jellyfin"),
      firstVisitorIsAdmin: false,
      values: ({ cdn, proxies, privateNetworks }) => ({ cdn, proxies, networks: privateNetworks }),
    },
  } satisfies Parameters<typeof loadConfig>[1];

  it("counts the proxies between an app and its visitors", () => {
    const values = (options: object) => {
      const { apps } = loadConfig(minimalWith({ apps: { jellyfin: options } }), catalogue);
      const { cdn, proxies } = apps[0]?.release?.values ?? {};
      return { cdn, proxies };
    };
    expect(values({})).to.deep.equal({ cdn: false, proxies: 0 });
    expect(values({ internet: true })).to.deep.equal({ cdn: false, proxies: 1 });
    expect(values({ internet: true, cdn: true })).to.deep.equal({ cdn: true, proxies: 2 });
  });

  it("contains the source networks of requests within a cluster, including its own", () => {
    const { apps } = loadConfig(minimalWith({ apps: { jellyfin: {} } }), catalogue);
    const networks = apps[0]?.release?.values.networks as string[];
    expect(networks).to.have.lengthOf(3);
    for (const network of k3sNetworks) expect(network).to.satisfy((one: string) => liesInAny(one, networks));
  });
});
