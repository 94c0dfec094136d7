import { expect } from "chai";
import fc from "fast-check";
import { concerns, diffProperties } from "../../../lab/plugins/framework/diff.ts";
import { jsonMap } from "../arbitraries.ts";

describe("the diff of two inputs", () => {
  it("reports the deepest path of each change", () => {
    const olds = {
      create: "a",
      connection: { host: "x", port: 22 },
      triggers: ["1", "2"],
      "a.b": 1,
      gone: {},
    };
    const news = {
      create: "b",
      connection: { host: "y", port: 22 },
      triggers: ["1", "3", "4"],
      "a.b": 2,
      come: [],
    };
    expect(diffProperties(olds, news)).to.deep.equal([
      { path: "create", kind: "update" },
      { path: "connection.host", kind: "update" },
      { path: "triggers[1]", kind: "update" },
      { path: "triggers[2]", kind: "add" },
      { path: '["a.b"]', kind: "update" },
      { path: "gone", kind: "delete" },
      { path: "come", kind: "add" },
    ]);
  });

  it("treats null as not given", () => {
    expect(diffProperties({ a: null }, {})).to.be.empty;
  });

  it("is empty for equal inputs", () => {
    fc.assert(fc.property(jsonMap, (any) => diffProperties(any, structuredClone(any)).length === 0));
  });

  it("reports every change of a top-level value", () => {
    fc.assert(
      fc.property(jsonMap, fc.string(), (any, key) => {
        const paths = diffProperties({ ...any, [`x${key}`]: "old" }, { ...any, [`x${key}`]: "new" });
        return paths.length === 1 && paths[0]?.kind === "update";
      }),
    );
  });

  it("matches a path with the property that contains it", () => {
    expect(concerns("triggers[0]", "triggers")).to.be.true;
    expect(concerns("metadata.name", "metadata.name")).to.be.true;
    expect(concerns("metadata.namespace", "metadata.name")).to.be.false;
  });
});
