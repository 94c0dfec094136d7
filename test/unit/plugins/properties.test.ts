import { expect } from "chai";
import fc from "fast-check";
import {
  containsUnknown,
  unknownValue,
  unwrapSecrets,
  withoutNulls,
  wrapSecrets,
} from "../../../lab/plugins/framework/properties.ts";
import { jsonMap } from "../arbitraries.ts";
import { secret, signatureKey } from "../pulumiSecret.ts";

describe("the codec for plugin properties", () => {
  it("unwraps secrets and returns their paths", () => {
    const wrapped = { a: secret("x"), b: { c: [1, secret({ d: secret(2) })] } };
    expect(unwrapSecrets(wrapped)).to.deep.equal({
      values: { a: "x", b: { c: [1, { d: 2 }] } },
      secrets: [["a"], ["b", "c", 1], ["b", "c", 1, "d"]],
    });
  });

  it("wraps former secrets again, each only once", () => {
    const wrapped = { a: secret("x"), b: { c: [1, secret("y")] } };
    const { values, secrets } = unwrapSecrets(wrapped);
    expect(wrapSecrets(values, [...secrets, ...secrets])).to.deep.equal(wrapped);
  });

  it("ignores paths that do not exist", () => {
    expect(wrapSecrets({ a: 1, b: [2] }, [["c"], ["a", "d"], ["b", 7], ["b", "e"]])).to.deep.equal({
      a: 1,
      b: [2],
    });
  });

  it("restores a secret with any value at any key", () => {
    fc.assert(
      fc.property(jsonMap, fc.string(), fc.jsonValue(), (around, key, value) => {
        const wrapped = { ...around, [`secret-${key}`]: secret(value) };
        const { values, secrets } = unwrapSecrets(wrapped);
        expect(JSON.stringify(values)).not.to.contain(signatureKey);
        expect(wrapSecrets(values, secrets)).to.deep.equal(wrapped);
      }),
    );
  });

  it("finds unknown values at any depth", () => {
    expect(containsUnknown({ a: [{ b: unknownValue }] })).to.be.true;
    expect(containsUnknown({ a: [{ b: `${unknownValue} or so` }] })).to.be.false;
  });

  it("drops map entries that are null or undefined", () => {
    expect(withoutNulls({ a: null, b: { c: undefined, d: 0 }, e: [null] })).to.deep.equal({
      b: { d: 0 },
      e: [null],
    });
  });
});
