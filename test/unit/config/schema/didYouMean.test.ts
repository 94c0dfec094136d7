import { expect } from "chai";
import fc from "fast-check";
import { didYouMean } from "../../../../config/schema/didYouMean.ts";

const options = ["subdomain", "internet", "proxyPort"];

describe("a spelling suggestion", () => {
  it("is the most similar option, or none if no option is similar", () => {
    expect(didYouMean("subdomian", options)).to.equal("subdomain");
    expect(didYouMean("proxyport", options)).to.equal("proxyPort");
    expect(didYouMean("replicas", options)).to.equal(undefined);
    expect(didYouMean("", options)).to.equal(undefined);
  });

  it("prefers the closer of two similar options, in any order", () => {
    for (const both of [
      ["internal", "internet"],
      ["internet", "internal"],
    ])
      expect(didYouMean("interne", both)).to.equal("internet");
  });

  it("finds an option with one letter omitted, doubled or replaced", () => {
    const slips = fc.tuple(fc.constantFrom(...options), fc.nat(), fc.constantFrom("", "x", "ee"));
    fc.assert(
      fc.property(slips, ([option, at, letters]) => {
        const place = at % option.length;
        const written = option.slice(0, place) + letters + option.slice(place + 1);
        expect(didYouMean(written, options)).to.equal(option);
      }),
    );
  });
});
