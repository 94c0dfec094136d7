import { expect } from "chai";
import { loadConfig } from "../../../config/index.ts";
import { definitionOf } from "../apps/chosen.ts";
import { minimalWith } from "./stackFile.ts";

describe("the context of an app's values", () => {
  const catalogue = {
    jellyfin: {
      ...definitionOf("jellyfin"),
      firstVisitorIsAdmin: false,
      values: ({ cdn, proxies }) => ({ cdn, proxies }),
    },
  } satisfies Parameters<typeof loadConfig>[1];

  it("counts the proxies that an app's visitors come through", () => {
    const values = (options: object) => {
      const { apps } = loadConfig(minimalWith({ apps: { jellyfin: options } }), catalogue);
      return apps[0]?.release?.values;
    };
    expect(values({})).to.deep.equal({ cdn: false, proxies: 0 });
    expect(values({ internet: true })).to.deep.equal({ cdn: false, proxies: 1 });
    expect(values({ internet: true, cdn: true })).to.deep.equal({ cdn: true, proxies: 2 });
  });
});
