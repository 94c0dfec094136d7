import { expect } from "chai";
import fc from "fast-check";
import { shellCommand, shellQuote, shellTemplate } from "../../../../components/host/quote.ts";
import { anyText } from "../../arbitraries.ts";
import { asUtf8, shellWords } from "../shell.ts";

const word = anyText.filter((text) => !text.includes("\0"));
const hostile = fc.oneof(
  word,
  fc.constantFrom("'", "''", "$(id)", "`id`", "a\nb", "\\", "-n", "", "é'\"$;|&"),
);

describe("shellQuote", () => {
  it("passes any text to a real shell as one word", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 40 }), (words) => {
        const received = shellWords(`printf '%s\\0' ${shellCommand(...words)}`);
        expect(received).to.deep.equal(words.map(asUtf8));
      }),
      { numRuns: 30 },
    );
  });

  it("passes a quoted script through a nested shell", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const inner = `printf '%s\\0' ${shellQuote(text)}`;
        expect(shellWords(`sh -c ${shellQuote(inner)}`)).to.deep.equal([asUtf8(text)]);
      }),
      { numRuns: 20 },
    );
  });

  it("refuses a NUL character", () => {
    expect(() => shellQuote("a\0b")).to.throw(RangeError, "NUL");
  });
});

describe("shellTemplate", () => {
  it("replaces marks by what the shell expands, and keeps any text around them", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (before, value, after) => {
        fc.pre([before, value, after].every((text) => !text.includes("MARK")));
        const text = shellTemplate(`${before}MARK${after}`, { MARK: "$value" });
        const received = shellWords(`value=${shellQuote(value)}; printf '%s\\0' ${text}`);
        expect(received).to.deep.equal([asUtf8(before + value + after)]);
      }),
      { numRuns: 30 },
    );
  });

  it("gives one word for a text without marks", () => {
    expect(shellTemplate("a $b", {})).to.equal("'a $b'");
  });
});
