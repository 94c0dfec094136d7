import { expect } from "chai";
import { execa } from "execa";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../lab/paths.ts";
import { temporaryDirectories } from "../../unit/temporaryDirectories.ts";

const directory = join(projectRoot, ".github/workflows");

/* Needs no lab, but Go, as the build of the lab's programs does. Go caches the built linter. */
describe("the repository's GitHub workflows", function () {
  this.timeout(180_000);
  const newDirectory = temporaryDirectories();

  const lint = (files: string[]) =>
    execa("go", ["tool", "actionlint", "-oneline", ...files], {
      ...{ cwd: join(projectRoot, "tools/actionlint"), all: true, reject: false },
    });

  it("pass actionlint", async () => {
    const { exitCode, all } = await lint(readdirSync(directory).map((name) => join(directory, name)));
    expect(exitCode, all).to.equal(0);
  });

  it("would fail actionlint with a misspelled permission (the control)", async () => {
    const file = join(newDirectory(), "release.yml");
    const text = readFileSync(join(directory, "release.yml"), "utf8");
    writeFileSync(file, text.replace("id-token: write", "id-tokens: write"));
    const { exitCode, all } = await lint([file]);
    expect(exitCode).to.equal(1);
    expect(all).to.include("id-tokens");
  });
});
