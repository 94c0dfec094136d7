import { expect } from "chai";
import fc from "fast-check";
import { Checks } from "../../../../components/inputs/checks.ts";

/** The kinds of text that renderers insert unescaped, each with a valid example. */
const guards = [
  ["label", "immich-proxy"],
  ["hostName", "photos.example.com"],
  ["ipv4", "100.64.0.7"],
  ["tailnetAddress", "100.64.0.7"],
  ["tailnetNetwork", "100.64.0.0/10"],
  ["clusterAddress", "10.43.0.10"],
  ["clusterNetwork", "10.42.0.0/16"],
  ["network", "2001:db8::/32"],
] as const;

describe("component input checks", () => {
  const check = new Checks(undefined as never, "SocatProxy", "photos");

  for (const [kind, good] of guards) {
    it(`accept a valid ${kind} and refuse one with any foreign character`, () => {
      expect(check[kind]("option", good)).to.equal(good);
      const foreign = fc
        .string({ unit: "binary", minLength: 1 })
        .filter((text) => /[^a-z0-9.:/-]/.test(text));
      fc.assert(
        fc.property(foreign, fc.nat(good.length), (text, at) => {
          const bad = good.slice(0, at) + text + good.slice(at);
          expect(() => check[kind]("option", bad)).to.throw('SocatProxy "photos": option is ');
        }),
      );
    });
  }
});
