import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const specs = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });

/** The cells of each table row, without the headings. */
const rows = readFileSync(join(root, "docs/security.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("|") && !/^\|[ |-]+$/.test(line))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter(([attack]) => attack !== "attack");

describe("docs/security.md", () => {
  it("names a test file for each attack", () => {
    expect(rows).to.have.lengthOf.above(20);
    for (const [attack = "", , tests = ""] of rows) {
      for (const name of tests.split(", "))
        expect(
          specs.some((path) => path.endsWith(`/${name}.test.ts`)),
          `${name}, for: ${attack}`,
        ).to.equal(true);
    }
  });
});
