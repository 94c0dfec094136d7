import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ChecksumError, ToolchainError } from "../../../lab/toolchain/errors.ts";
import { linkFromTree, replaceLink, verifyChecksum } from "../../../lab/toolchain/files.ts";
import { installWhole } from "../../../lab/toolchain/install.ts";
import type { Origin, Program } from "../../../lab/toolchain/program.ts";
import { findOnPath, installFromPath, isUnchanged } from "../../../lab/toolchain/sources/path.ts";
import { rejection } from "../rejection.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";

describe("a toolchain installation", () => {
  const newDirectory = temporaryDirectories();
  const origin: Origin = { from: "go", what: "example.com/sample@v1.2.3", version: "1.2.3" };
  let parent: string;
  let directory: string;

  beforeEach(() => {
    parent = newDirectory();
    directory = join(parent, "sample-1.2.3-abc");
  });

  it("is visible only once it is complete", async () => {
    await installWhole(directory, (draft) => {
      writeFileSync(join(draft, "program"), "whole");
      expect(existsSync(directory)).to.equal(false);
      return Promise.resolve(origin);
    });
    expect(readdirSync(parent)).to.deep.equal(["sample-1.2.3-abc"]);
    expect(JSON.parse(readFileSync(join(directory, "origin.json"), "utf8"))).to.deep.equal(origin);
  });

  it("removes the files of a failed build and keeps the previous result", async () => {
    mkdirSync(directory);
    const failing = installWhole(directory, (draft) => {
      writeFileSync(join(draft, "program"), "half");
      return Promise.reject(new Error("broken"));
    });
    expect(String(await rejection(failing))).to.equal("Error: broken");
    expect(readdirSync(parent)).to.deep.equal(["sample-1.2.3-abc"]);
    expect(readdirSync(directory)).to.be.empty;
  });

  it("removes leftovers of a killed build of the same program only", async () => {
    mkdirSync(join(parent, ".sample-1.2.3-abc.killed", "bin"), { recursive: true });
    mkdirSync(join(parent, ".other-1.2.3-abc.atWork"));
    await installWhole(directory, () => Promise.resolve(origin));
    expect(readdirSync(parent)).to.have.members([".other-1.2.3-abc.atWork", "sample-1.2.3-abc"]);
  });

  it("reports the program, both checksums and a remedy if the checksums differ", async () => {
    const file = join(parent, "sample.whl");
    writeFileSync(file, "changed");
    const expected = "0".repeat(64);
    const error = await rejection(verifyChecksum("sample", file, "sample.whl", expected));
    expect(error).to.be.instanceOf(ChecksumError);
    const { message } = error;
    expect(message).to.match(/^sample: the checksum of sample\.whl/);
    expect(message).to.contain(`expected sha256 ${expected}`);
    expect(message).to.contain("got      sha256 d67e");
    expect(message).to.contain("replace the pinned one");
  });

  it("links the executable of an unpacked tree, not a script of the same name", () => {
    const tree = join(parent, "tree");
    mkdirSync(join(tree, "etc", "init.d"), { recursive: true });
    mkdirSync(join(tree, "usr", "sbin"), { recursive: true });
    writeFileSync(join(tree, "etc", "init.d", "sample"), "#!/bin/sh", { mode: 0o755 });
    writeFileSync(join(tree, "usr", "sbin", "sample"), "\x7fELF", { mode: 0o755 });
    linkFromTree("sample", parent, tree, ["sample"]);
    expect(readlinkSync(join(parent, "bin", "sample"))).to.equal("../tree/usr/sbin/sample");
    expect(() => {
      linkFromTree("sample", parent, tree, ["other"]);
    }).to.throw(ToolchainError, 'sample: the unpacked package has no executable "other"');
  });

  it("replaces a wrong link and keeps a correct one", () => {
    const link = join(parent, "bin", "sample");
    replaceLink(link, "/old");
    replaceLink(link, "/new");
    replaceLink(link, "/new");
    expect(readlinkSync(link)).to.equal("/new");
    expect(readdirSync(join(parent, "bin"))).to.deep.equal(["sample"]);
  });

  describe("from PATH", () => {
    const program = (version: string): Program => ({
      version,
      commands: ["sample"],
      onPath: { fit: "minor", ask: { sample: ["--version"] } },
      source: { kind: "debian", package: "sample" },
    });
    const file = () => join(parent, "sample");

    beforeEach(() => {
      writeFileSync(file(), "#!/bin/sh\necho sample v1.20.2\n", { mode: 0o755 });
    });

    it("uses a program whose version fits, and notices its upgrade", async () => {
      const found = await findOnPath(program("1.20.0"), parent);
      if (found === undefined) throw new Error("the program was not found");
      expect(found.version).to.equal("1.20.2");
      const { watched = [] } = installFromPath(found, join(parent, "install"));
      expect(watched.map(isUnchanged)).to.deep.equal([true]);
      writeFileSync(file(), "#!/bin/sh\necho sample v1.21.0, upgraded\n");
      expect(watched.map(isUnchanged)).to.deep.equal([false]);
    });

    it("ignores a program that does not fit, fails or is missing", async () => {
      expect(await findOnPath(program("1.34.4"), parent)).to.equal(undefined);
      expect(await findOnPath(program("1.20.0"), join(parent, "empty"))).to.equal(undefined);
      writeFileSync(file(), "#!/bin/sh\necho 1.20.2; exit 1\n");
      expect(await findOnPath(program("1.20.0"), parent)).to.equal(undefined);
    });
  });
});
