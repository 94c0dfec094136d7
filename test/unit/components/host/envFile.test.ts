import { expect } from "chai";
import fc from "fast-check";
import { renderEnvLine } from "../../../../components/host/envFile.ts";
import { anyText } from "../../arbitraries.ts";
import { asUtf8, shellWords } from "../shell.ts";

const line = anyText.filter((one) => !/[\n\r\0]/.test(one));

/**
 * The value of a `KEY=value` line, read with the same state machine as in systemd.
 * See https://github.com/systemd/systemd/blob/main/src/basic/env-file.c
 */
function asSystemdReads(line: string): string {
  type State = "before" | "plain" | "escaped" | "single" | "double" | "escaped in double";
  let state: State = "before";
  let value = "";
  for (const letter of line.slice(line.indexOf("=") + 1)) {
    if (state === "escaped") {
      value += letter;
      state = "plain";
    } else if (state === "escaped in double") {
      value += '"\\`$'.includes(letter) ? letter : `\\${letter}`;
      state = "double";
    } else if (state === "single" || state === "double") {
      if (letter === (state === "single" ? "'" : '"')) state = "before";
      else if (letter === "\\" && state === "double") state = "escaped in double";
      else value += letter;
    } else if (letter === "\\") state = "escaped";
    else if (state === "before" && letter === "'") state = "single";
    else if (state === "before" && letter === '"') state = "double";
    else if (state === "plain" || !/\s/.test(letter)) {
      value += letter;
      state = "plain";
    }
  }
  return value;
}

describe("environment files", () => {
  it("give a shell any value unchanged", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (values) => {
        const script = values.map((value) => `${renderEnvLine("X", value)}\nprintf '%s\\0' "$X"`).join("\n");
        expect(shellWords(script)).to.deep.equal(values.map(asUtf8));
      }),
      { numRuns: 20 },
    );
  });

  it("give systemd any value unchanged", () => {
    fc.assert(
      fc.property(
        fc.oneof(line, fc.constantFrom("it's", "'", '"$(id)`id`"', "\\", "a'b'c", " a ")),
        (value) => {
          expect(asSystemdReads(renderEnvLine("X", value))).to.equal(value);
        },
      ),
    );
    expect(asSystemdReads("X='it'\\''s'")).not.to.equal("it's");
  });

  it("refuse a line break in a value and a space in a name", () => {
    expect(() => renderEnvLine("X", "a\nY=b")).to.throw(RangeError);
    expect(() => renderEnvLine("X Y", "a")).to.throw(RangeError);
  });
});
