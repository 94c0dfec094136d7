import { expect } from "chai";
import fc from "fast-check";
import {
  containsUnknown,
  unknownValue,
  unwrapSecrets,
  withoutNulls,
  wrapSecrets,
  type Properties,
} from "../../../lab/plugins/framework/properties.ts";
import { secret } from "./fixtures/engine.ts";

const properties = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<Properties>;

describe("properties of the plugin protocol", () => {
  it("unwraps secrets and remembers where they were", () => {
    const wrapped = { a: secret("x"), b: { c: [1, secret({ d: secret(2) })] } };
    expect(unwrapSecrets(wrapped)).to.deep.equal({
      values: { a: "x", b: { c: [1, { d: 2 }] } },
      secrets: [["a"], ["b", "c", 1], ["b", "c", 1, "d"]],
    });
  });

  it("wraps again what was a secret, once", () => {
    const wrapped = { a: secret("x"), b: { c: [1, secret("y")] } };
    const { values, secrets } = unwrapSecrets(wrapped);
    expect(wrapSecrets(values, [...secrets, ...secrets])).to.deep.equal(wrapped);
  });

  it("leaves out paths that lead nowhere", () => {
    expect(wrapSecrets({ a: 1, b: [2] }, [["c"], ["a", "d"], ["b", 7], ["b", "e"]])).to.deep.equal({
      a: 1,
      b: [2],
    });
  });

  it("is its own inverse for any value in any place", () => {
    fc.assert(
      fc.property(properties, fc.string(), fc.jsonValue(), (around, key, value) => {
        const wrapped = { ...around, [`secret-${key}`]: secret(value) };
        const { values, secrets } = unwrapSecrets(wrapped);
        expect(JSON.stringify(values)).not.to.contain("4dabf18193072939515e22adb298388d");
        expect(wrapSecrets(values, secrets)).to.deep.equal(wrapped);
      }),
    );
  });

  it("finds unknown values at any depth", () => {
    expect(containsUnknown({ a: [{ b: unknownValue }] })).to.be.true;
    expect(containsUnknown({ a: [{ b: `${unknownValue} or so` }] })).to.be.false;
  });

  it("drops what was not given", () => {
    expect(withoutNulls({ a: null, b: { c: undefined, d: 0 }, e: [null] })).to.deep.equal({
      b: { d: 0 },
      e: [null],
    });
  });
});
