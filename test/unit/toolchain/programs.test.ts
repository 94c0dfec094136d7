import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { programNames, programOf } from "../../../lab/toolchain/programs.ts";
import { goFlags, moduleDirectory } from "../../../lab/toolchain/recipe.ts";

describe("toolchain: the table", () => {
  for (const name of programNames) {
    const program = programOf(name);
    const { source, onPath, download } = program;

    describe(name, () => {
      it("pins a full version and names its commands", () => {
        expect(program.version).to.match(/^\d+\.\d+\.\d+$/);
        expect(program.commands).to.not.be.empty;
      });

      if (onPath) {
        it("asks each of its commands for the version", () => {
          expect(Object.keys(onPath.ask)).to.have.members([...program.commands]);
        });
      }

      if (download) {
        it("downloads the pinned version, over TLS and with a checksum", () => {
          expect(download.url)
            .to.match(/^https:.*\.tar\.gz$/)
            .and.contain(program.version);
          expect(download.sha256).to.match(/^[0-9a-f]{64}$/);
        });
      }

      if (source.kind === "wheel") {
        it("has a checksum for its wheel", () => {
          expect(source.sha256).to.match(/^[0-9a-f]{64}$/);
        });
      }

      if (source.kind === "go") {
        const goMod = join(moduleDirectory(source), "go.mod");

        it("has a module that pins the same version, unless the program is our own", () => {
          if (source.requires === undefined) return;
          const requirement = ` ${source.requires} v${program.version}`;
          const lines = readFileSync(goMod, "utf8")
            .split("\n")
            .map(
              (line) =>
                ` ${line
                  .trim()
                  .replace(/^require /, "")
                  .replace(/ \/\/ indirect$/, "")}`,
            );
          expect(lines).to.include(requirement);
          expect(existsSync(join(moduleDirectory(source), "go.sum"))).to.equal(true);
        });

        it("builds every command, or one file that serves all", () => {
          const files = Object.keys(source.builds);
          if (files.length > 1 || program.commands.length === 1) {
            expect(files).to.have.members([...program.commands]);
          } else {
            expect(files).to.have.length(1);
          }
        });

        it("stamps the pinned version, where it stamps one", () => {
          for (const [variable, value] of Object.entries(source.variables ?? {})) {
            if (/Major$|Minor$/.test(variable)) expect(program.version.split(".")).to.include(value);
            else expect(value.replace(/^v/, "")).to.equal(program.version);
          }
          expect(goFlags(source)).to.include.members(["-trimpath", "-mod=readonly"]);
        });
      }
    });
  }

  it("gives each command to one program", () => {
    const linked = programNames.map(programOf).filter((program) => !program.unlinked);
    const commands = linked.flatMap((program) => program.commands);
    expect(new Set(commands).size).to.equal(commands.length);
  });
});
