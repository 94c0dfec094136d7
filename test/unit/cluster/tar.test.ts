import { expect } from "chai";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { tar } from "../../../lab/cluster/tar.ts";
import { rejection } from "../rejection.ts";

describe("tar", () => {
  it("writes contents and modes that the system's tar can read", async () => {
    const archive = await tar([
      { path: "bin/", mode: 0o755 },
      { path: "bin/app", content: Buffer.from("#!/bin/sh\n"), mode: 0o755 },
      { path: "empty", content: Buffer.alloc(0) },
      { path: "tmp", mode: 0o1777 },
    ]);
    const list = execFileSync("tar", ["--list", "--verbose", "--numeric-owner", "--utc"], { input: archive });
    expect(list.toString().trimEnd().split("\n")).to.deep.equal([
      "drwxr-xr-x 0/0               0 1970-01-01 00:00 bin/",
      "-rwxr-xr-x 0/0              10 1970-01-01 00:00 bin/app",
      "-rw-r--r-- 0/0               0 1970-01-01 00:00 empty",
      "drwxrwxrwt 0/0               0 1970-01-01 00:00 tmp/",
    ]);
    const app = execFileSync("tar", ["--extract", "--to-stdout", "bin/app"], { input: archive });
    expect(app.toString()).to.equal("#!/bin/sh\n");
  });

  it("writes the same bytes for any order of the entries", async () => {
    const path = fc.stringMatching(/^[a-z]{1,20}(\/[a-z]{1,20}){0,3}$/);
    const entry = fc.record({ path, content: fc.uint8Array({ maxLength: 1100 }) });
    const entries = fc.uniqueArray(entry, { selector: ({ path }) => path });
    await fc.assert(
      fc.asyncProperty(entries, async (given) => {
        const archive = await tar(given);
        expect(archive.length % 512).to.equal(0);
        expect(archive.equals(await tar([...given].reverse()))).to.be.true;
      }),
    );
  });

  for (const path of ["/etc/passwd", "../escape", "a/../../b", ""])
    it(`refuses the path "${path}", which is not relative to the archive's root`, async () => {
      const refused = tar([{ path, content: Buffer.alloc(1) }]);
      expect((await rejection(refused)).message).to.contain("relative to the archive's root");
    });

  it("writes paths that are longer than the header's field", async () => {
    const path = `${"a".repeat(120)}/${"b".repeat(120)}`;
    const archive = await tar([{ path, content: Buffer.from("deep") }]);
    expect(execFileSync("tar", ["--list"], { input: archive }).toString()).to.equal(`${path}\n`);
  });
});
