import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const specs = join(root, "test/lab");

/** `file: title`, for a test outside `broken*.test.ts` and `refusals.test.ts`. */
const elsewhere = /^(\w+): (.+)$/;

/** The last cell of each table row, without the headings. */
function testsInTable(): string[] {
  const rows = readFileSync(join(root, "docs/failures.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[ |-]+$/.test(line));
  return rows.map((row) => row.split("|").at(-2)?.trim() ?? "").filter((title) => title !== "test");
}

/** The lab's test files in all folders. */
const files = readdirSync(specs, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".test.ts"),
);
const textOf = (path: string) => readFileSync(join(specs, path), "utf8");

/** Titles of `it(...)`, and the keys of tables of failure cases. */
function testsInSpecs(): string[] {
  return files
    .filter((path) => /^(broken\w*|refusals)\.test\.ts$/.test(basename(path)))
    .flatMap((path) => {
      const text = textOf(path);
      return [...text.matchAll(/^ {2}(?:it\()?"([^"]+)"(?:, async|: \{$)/gm)].map(([, title = ""]) => title);
    });
}

describe("docs/failures.md", () => {
  it("has a test for each row, and a row for each test", () => {
    expect(testsInSpecs()).to.have.lengthOf.above(9);
    expect(testsInTable().filter((title) => !elsewhere.test(title))).to.have.members(testsInSpecs());
  });

  it("names the file of a test that is in another test file", () => {
    const named = testsInTable().flatMap((title) => [...title.matchAll(new RegExp(elsewhere, "g"))]);
    expect(named).not.to.have.lengthOf(0);
    for (const [, file = "", test = ""] of named) {
      expect(textOf(files.find((path) => basename(path) === `${file}.test.ts`) ?? file)).to.contain(
        `it("${test}"`,
      );
    }
  });
});
