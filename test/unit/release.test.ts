import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../lab/paths.ts";

const read = (name: string) => readFileSync(join(projectRoot, name), "utf8");
const { version, workspaces } = JSON.parse(read("package.json")) as { version: string; workspaces: string[] };

describe("a release", () => {
  it("is possible: changesets finds the root package among the workspaces", () => {
    expect(workspaces).to.include(".");
  });

  it("has a section in CHANGELOG.md", () => {
    expect(read("CHANGELOG.md")).to.match(new RegExp(`^## ${version.replaceAll(".", "\\.")}$`, "m"));
  });

  // Changesets raises neither. A policy pack has to have a version.
  for (const file of ["package-lock.json", "policy/package.json"]) {
    it(`has the same version in ${file}`, () => {
      expect(JSON.parse(read(file))).to.have.property("version", version);
    });
  }
});
