import { expect } from "chai";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChecksumError, ToolchainError } from "../../../lab/toolchain/errors.ts";
import { linkFromTree, replaceLink, verifyChecksum } from "../../../lab/toolchain/files.ts";
import { installWhole } from "../../../lab/toolchain/install.ts";
import type { Origin, Program } from "../../../lab/toolchain/program.ts";
import { findOnPath, installFromPath, isUnchanged } from "../../../lab/toolchain/sources/path.ts";

describe("toolchain: installing", () => {
  const origin: Origin = { from: "go", what: "example.com/sample@v1.2.3", version: "1.2.3" };
  let parent: string;
  let directory: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "install-"));
    directory = join(parent, "sample-1.2.3-abc");
  });
  afterEach(() => {
    rmSync(parent, { recursive: true });
  });

  it("shows the result only when it is whole", async () => {
    await installWhole(directory, (draft) => {
      writeFileSync(join(draft, "program"), "whole");
      expect(existsSync(directory)).to.equal(false);
      return Promise.resolve(origin);
    });
    expect(readdirSync(parent)).to.deep.equal(["sample-1.2.3-abc"]);
    expect(JSON.parse(readFileSync(join(directory, "origin.json"), "utf8"))).to.deep.equal(origin);
  });

  it("leaves nothing of a failed build, and the result before it untouched", async () => {
    mkdirSync(directory);
    const failure = await installWhole(directory, (draft) => {
      writeFileSync(join(draft, "program"), "half");
      return Promise.reject(new Error("broken"));
    }).catch(String);
    expect(failure).to.equal("Error: broken");
    expect(readdirSync(parent)).to.deep.equal(["sample-1.2.3-abc"]);
    expect(readdirSync(directory)).to.be.empty;
  });

  it("clears what a killed build of the same program left, and no one else's", async () => {
    mkdirSync(join(parent, ".sample-1.2.3-abc.killed", "bin"), { recursive: true });
    mkdirSync(join(parent, ".other-1.2.3-abc.atWork"));
    await installWhole(directory, () => Promise.resolve(origin));
    expect(readdirSync(parent)).to.have.members([".other-1.2.3-abc.atWork", "sample-1.2.3-abc"]);
  });

  it("names program, both checksums and the way on when they differ", async () => {
    const file = join(parent, "sample.whl");
    writeFileSync(file, "changed");
    const expected = "0".repeat(64);
    const error: unknown = await verifyChecksum("sample", file, "sample.whl", expected).catch(
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(ChecksumError);
    const { message } = error as ChecksumError;
    expect(message).to.match(/^sample: the checksum of sample\.whl/);
    expect(message).to.contain(`expected sha256 ${expected}`);
    expect(message).to.contain("got      sha256 d67e");
    expect(message).to.contain("lab/toolchain/programs.ts");
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
    }).to.throw(ToolchainError, 'sample: what was unpacked has no executable "other"');
  });

  it("replaces links and leaves right ones alone", () => {
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

    it("takes a version that fits and notices its upgrade", async () => {
      const found = await findOnPath(program("1.20.0"), parent);
      expect(found?.version).to.equal("1.20.2");
      if (!found) return;
      const { watched = [] } = installFromPath(found, join(parent, "install"));
      expect(watched.map(isUnchanged)).to.deep.equal([true]);
      writeFileSync(file(), "#!/bin/sh\necho sample v1.21.0, upgraded\n");
      expect(watched.map(isUnchanged)).to.deep.equal([false]);
    });

    it("takes none that does not fit, fails, or is not there", async () => {
      expect(await findOnPath(program("1.34.4"), parent)).to.equal(undefined);
      expect(await findOnPath(program("1.20.0"), join(parent, "empty"))).to.equal(undefined);
      writeFileSync(file(), "#!/bin/sh\necho 1.20.2; exit 1\n");
      expect(await findOnPath(program("1.20.0"), parent)).to.equal(undefined);
    });
  });
});
