import { expect } from "chai";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { shellCommand, shellQuote } from "../../../../components/remote/quote.ts";

const word = fc.string({ unit: "binary" }).filter((text) => !text.includes("\0"));
const hostile = fc.oneof(
  word,
  fc.constantFrom("'", "''", "$(id)", "`id`", "a\nb", "\\", "-n", "", "é'\"$;|&"),
);

describe("shellQuote", () => {
  it("hands any text to a real shell as one word", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 40 }), (words) => {
        const output = execFileSync("sh", ["-c", `printf '%s\\0' ${shellCommand(...words)}`]);
        const received = output.toString("utf8").split("\0").slice(0, -1);
        expect(received).to.deep.equal(words.map((one) => Buffer.from(one, "utf8").toString("utf8")));
      }),
      { numRuns: 30 },
    );
  });

  it("hands a quoted script to a nested shell", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const inner = `printf %s ${shellQuote(text)}`;
        const output = execFileSync("sh", ["-c", `sh -c ${shellQuote(inner)}`]);
        expect(output.toString("utf8")).to.equal(Buffer.from(text, "utf8").toString("utf8"));
      }),
      { numRuns: 20 },
    );
  });

  it("refuses a NUL character", () => {
    expect(() => shellQuote("a\0b")).to.throw(RangeError, "NUL");
  });
});
