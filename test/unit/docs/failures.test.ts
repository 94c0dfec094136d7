import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const specs = join(root, "test/lab");

/** `file: title`, for a test that is not in `broken*.test.ts`. */
const elsewhere = /^(\w+): (.+)$/;

/** The last cell of each row of each table, but for the headings. */
function testsInTable(): string[] {
  const rows = readFileSync(join(root, "docs/failures.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[ |-]+$/.test(line));
  return rows.map((row) => row.split("|").at(-2)?.trim() ?? "").filter((title) => title !== "test");
}

/** Titles of tests: of `it(...)`, and of the rows of a table of broken worlds. */
function testsInSpecs(): string[] {
  const files = readdirSync(specs).filter((name) => /^broken.*\.test\.ts$/.test(name));
  return files.flatMap((name) => {
    const text = readFileSync(join(specs, name), "utf8");
    return [...text.matchAll(/^ {2}(?:it\()?"([^"]+)"(?:, async|: \{$)/gm)].map(([, title = ""]) => title);
  });
}

describe("docs/failures.md", () => {
  it("has a test for each row, and a row for each test", () => {
    expect(testsInSpecs()).to.have.lengthOf.above(9);
    expect(testsInTable().filter((title) => !elsewhere.test(title))).to.have.members(testsInSpecs());
  });

  it("names a test of another spec by its file", () => {
    const named = testsInTable().flatMap((title) => [...title.matchAll(new RegExp(elsewhere, "g"))]);
    expect(named).not.to.have.lengthOf(0);
    for (const [, file = "", test = ""] of named) {
      expect(readFileSync(join(specs, `${file}.test.ts`), "utf8")).to.contain(`it("${test}"`);
    }
  });
});
