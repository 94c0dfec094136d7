import { expect } from "chai";
import { isDnsLabel, isHostName } from "../../../../components/inputs/dnsName.ts";

/** Each check with texts that it accepts and texts that it refuses. */
const cases: [check: (text: string) => boolean, good: string[], bad: string[]][] = [
  [
    isDnsLabel,
    ["a", "photos", "a-b", "0", "a".repeat(63)],
    ["", "-a", "a-", "A", "a.b", "a_b", "a\n", "a".repeat(64)],
  ],
  [
    isHostName,
    ["example.com", "a.b.c.example", "xn--bcher-kva.example"],
    ["example", "example.com.", ".com", "a..b", "bücher.example", "10.0.0.1", `${"a.".repeat(130)}com`],
  ],
];

describe("the check of a DNS name", () => {
  for (const [check, good, bad] of cases) {
    it(`${check.name} accepts valid and refuses invalid text`, () => {
      expect(good.filter((text) => !check(text))).to.be.empty;
      expect(bad.filter(check)).to.be.empty;
    });
  }
});
