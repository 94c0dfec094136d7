import { expect } from "chai";
import fc from "fast-check";
import { mergeValues, valueAt } from "../../../apps/values.ts";
import type { Values } from "../../../apps/values.ts";

/** Any values that YAML can express, including keys such as `__proto__`. */
const values = fc.dictionary(
  fc.oneof(fc.constantFrom("a", "b", "c", "__proto__", "constructor"), fc.string()),
  fc.jsonValue(),
) as fc.Arbitrary<Values>;

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("mergeValues", () => {
  it("keeps values that are not overridden, and the keys of both sides", () => {
    fc.assert(
      fc.property(values, values, (base, over) => {
        const merged = mergeValues(base, over);
        for (const key of Object.keys(base)) {
          if (!Object.hasOwn(over, key)) expect(merged[key]).to.deep.equal(base[key]);
        }
        expect(Object.keys(merged)).to.have.members([
          ...new Set([...Object.keys(base), ...Object.keys(over)]),
        ]);
      }),
    );
  });

  it("is idempotent, and an empty map changes nothing", () => {
    fc.assert(
      fc.property(values, values, (base, over) => {
        const merged = mergeValues(base, over);
        expect(plain(mergeValues(merged, over))).to.deep.equal(plain(merged));
        expect(plain(mergeValues(base, {}))).to.deep.equal(plain(base));
        expect(plain(mergeValues({}, over))).to.deep.equal(plain(over));
      }),
    );
  });

  it("replaces lists as a whole and passes null on to Helm", () => {
    const base = { list: [1, 2], map: { kept: 1, dropped: 2 } };
    expect(mergeValues(base, { list: [3], map: { dropped: null } })).to.deep.equal({
      list: [3],
      map: { kept: 1, dropped: null },
    });
  });
});

describe("valueAt", () => {
  it("returns the value at a path, or undefined if there is none", () => {
    const at = { a: { b: 0, none: null, list: [1] } };
    expect(valueAt(at, ["a", "b"])).to.equal(0);
    for (const path of [
      ["a", "c"],
      ["a", "none"],
      ["a", "b", "c"],
      ["a", "list", "0"],
      ["a", "toString"],
    ]) {
      expect(valueAt(at, path)).to.equal(undefined);
    }
  });
});
