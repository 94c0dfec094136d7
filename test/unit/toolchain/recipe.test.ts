import { expect } from "chai";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GoSource, Program } from "../../../lab/toolchain/program.ts";
import { recipeHash } from "../../../lab/toolchain/recipe.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";

describe("the hash of a program's build recipe", () => {
  const newDirectory = temporaryDirectories();
  const source: GoSource = {
    kind: "go",
    module: "sample",
    requires: "example.com/sample",
    builds: { sample: "." },
  };
  const program: Program = { version: "1.2.3", commands: ["sample"], source };
  let tools: string;

  beforeEach(() => {
    tools = newDirectory();
    mkdirSync(join(tools, "sample"));
    for (const file of ["go.mod", "go.sum", "main.go"]) writeFileSync(join(tools, "sample", file), file);
  });

  it("is the same for the same recipe", () => {
    expect(recipeHash(program, tools)).to.equal(recipeHash(structuredClone(program), tools));
  });

  for (const file of ["go.mod", "go.sum", "main.go"]) {
    it(`changes with ${file}`, () => {
      const before = recipeHash(program, tools);
      appendFileSync(join(tools, "sample", file), "\n");
      expect(recipeHash(program, tools)).to.not.equal(before);
    });
  }

  it("changes with the version, flags, stamps, package and checksum", () => {
    const debian: Program = { ...program, source: { kind: "debian", package: "sample" } };
    const wheel: Program = { ...program, source: { kind: "wheel", package: "sample", sha256: "00" } };
    const variants: Program[] = [
      program,
      { ...program, version: "1.2.4" },
      { ...program, source: { ...source, inline: false } },
      { ...program, source: { ...source, variables: { "main.version": "1.2.3" } } },
      debian,
      { ...debian, source: { kind: "debian", package: "other" } },
      wheel,
      { ...wheel, source: { kind: "wheel", package: "sample", sha256: "01" } },
    ];
    const hashes = variants.map((variant) => recipeHash(variant, tools));
    expect(new Set(hashes).size).to.equal(variants.length);
  });

  it("ignores the version query for a program on the PATH", () => {
    const asked: Program = { ...program, onPath: { fit: "major", ask: { sample: ["--version"] } } };
    expect(recipeHash(asked, tools)).to.equal(recipeHash(program, tools));
  });
});
