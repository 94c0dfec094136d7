import { expect } from "chai";
import fc from "fast-check";
import { execArgument, renderUnit } from "../../../../components/host/systemdUnit.ts";
import { anyText } from "../../arbitraries.ts";

const line = anyText.filter((one) => !/[\n\r\0]/.test(one));

describe("a systemd unit", () => {
  it("refuses a value that could add a setting", () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const render = () => renderUnit("h", { Service: { Description: value } });
        if (/[\n\r\0]/.test(value)) expect(render).to.throw(RangeError);
        else expect(render()).to.equal(`# h\n[Service]\nDescription=${value}\n`);
      }),
    );
  });

  it("passes any argument to the program unchanged", () => {
    fc.assert(
      fc.property(line, (value) => {
        expect(unquoteExec(execArgument(value))).to.equal(value);
      }),
    );
    expect(execArgument('a b%n$HOME"\\')).to.equal('"a b%%n$$HOME\\"\\\\"');
  });
});

/** Unquotes an argument as systemd does. */
function unquoteExec(argument: string): string {
  const inside = /^"(.*)"$/su.exec(argument)?.[1]?.replace(/\\(["\\])/g, "$1") ?? argument;
  return inside.replaceAll("%%", "%").replaceAll("$$", "$");
}
