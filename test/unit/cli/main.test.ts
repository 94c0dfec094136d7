import { expect } from "chai";
import { execa } from "execa";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../lab/paths.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";

const main = join(projectRoot, "cli/main.ts");
const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  version: string;
};

/** Runs the command in a directory. */
const type = (cwd: string, ...args: string[]) =>
  execa(process.execPath, [main, ...args], { cwd, reject: false });

describe("the command mynodeone", () => {
  const newDirectory = temporaryDirectories();

  /** A directory with the lab's stack, which is valid, under this name. */
  function projectWith(stack: string): string {
    const directory = newDirectory();
    copyFileSync(join(projectRoot, "Pulumi.lab.yaml"), join(directory, `Pulumi.${stack}.yaml`));
    return directory;
  }

  it("prints the package's version", async () => {
    expect(await type("/", "--version")).to.include({ exitCode: 0, stdout: version });
  });

  for (const args of [["--help"], ["check", "--help"], ["plan", "--help"], ["access", "--help"]]) {
    it(`shows an example for ${args.join(" ")}`, async () => {
      const { exitCode, stdout } = await type("/", ...args);
      expect(exitCode).to.equal(0);
      expect(stdout).to.match(/Examples:\n {2}\$ mynodeone /);
    });
  }

  const misspelled = {
    "no subcommand": [],
    "an unknown subcommand": ["chek"],
    "an unknown option": ["plan", "--stak", "prod"],
    "a missing argument": ["access"],
    "a directory that does not exist": ["check", "--cwd", "/does/not/exist"],
  };
  for (const [what, args] of Object.entries(misspelled)) {
    it(`exits with 2 for ${what}`, async () => {
      const { exitCode, stdout, stderr } = await type("/", ...args);
      expect({ exitCode, stdout }).to.deep.equal({ exitCode: 2, stdout: "" });
      expect(stderr).not.to.equal("");
    });
  }

  describe("check", () => {
    it("checks the stacks of the current directory, not the package's own", async () => {
      const { exitCode, stdout } = await type(projectWith("here"), "check");
      expect(exitCode).to.equal(0);
      expect(stdout)
        .to.match(/^Pulumi\.here\.yaml: good\./m)
        .and.not.include("Pulumi.prod.yaml");
    });

    it("checks the stacks of the directory that --cwd names", async () => {
      const project = projectWith("there");
      const { exitCode, stdout } = await type("/", "check", "there", "--cwd", project);
      expect(exitCode).to.equal(0);
      expect(stdout).to.match(/Pulumi\.there\.yaml: good\./);
    });

    it("exits with 1 for a mistake in one of two stacks", async () => {
      const project = projectWith("good");
      writeFileSync(join(project, "Pulumi.bad.yaml"), "config:\n  mynodeone:domain: 7\n");
      const { exitCode, stdout } = await type(project, "check");
      expect(exitCode).to.equal(1);
      expect(stdout)
        .to.match(/^Pulumi\.bad\.yaml:2:\d+: /m)
        .and.match(/^Pulumi\.good\.yaml: good\./m);
    });

    it("exits with 1 in a directory without a stack", async () => {
      const { exitCode, stderr } = await type(newDirectory(), "check");
      expect(exitCode).to.equal(1);
      expect(stderr).to.include("no Pulumi.<stack>.yaml").and.include("--cwd");
    });
  });

  describe("access", () => {
    it("finds the stack in the current directory", async () => {
      const found = await type(projectWith("here"), "access", "here");
      expect(found.exitCode).to.equal(0);
      expect(found.stdout).to.include("kind: ServiceAccount");
      const absent = await type(projectWith("here"), "access", "prod");
      expect(absent).to.include({ exitCode: 1, stdout: "" });
      expect(absent.stderr).to.include("Pulumi.prod.yaml: no such file");
    });
  });
});
