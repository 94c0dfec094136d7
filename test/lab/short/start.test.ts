import { expect } from "chai";
import { execa } from "execa";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../lab/paths.ts";
import { patience } from "../../../lab/poll.ts";
import { run } from "../../../lab/run.ts";

const cli = join(projectRoot, "lab", "cli.ts");

/** Starts a lab that cannot run, with its own cache, so that a failing test affects no other. */
async function start(prefix: readonly string[], env: Record<string, string>) {
  return execa("env", [...prefix, process.execPath, cli, "up"], {
    env,
    reject: false,
    timeout: 30_000 * patience(),
  });
}

describe("npm start on a machine that cannot run the lab", () => {
  let cache: string;

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "mynodeone-test-"));
  });

  afterEach(() => {
    rmSync(cache, { recursive: true, force: true });
  });

  it("asks for root, and creates nothing", async () => {
    const { exitCode, stderr } = await start(["unshare", "--user", "--map-user=65534"], {
      XDG_CACHE_HOME: cache,
    });
    expect(exitCode).to.equal(1);
    expect(stderr)
      .to.match(/root/)
      .and.not.match(/\n\s+at /);
    expect(readdirSync(cache)).to.be.empty;
  });

  it("names Go and how to install it, and creates nothing", async () => {
    const { exitCode, stderr } = await start([], {
      XDG_CACHE_HOME: cache,
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    });
    expect(exitCode).to.equal(1);
    expect(stderr)
      .to.match(/Go \d/)
      .and.match(/apt-get|go\.dev/);
    expect(readdirSync(cache)).to.be.empty;
  });

  it("says how much disk space is missing, and creates nothing", async () => {
    await run("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", cache]);
    try {
      const { exitCode, stderr } = await start([], { XDG_CACHE_HOME: cache });
      expect(exitCode).to.equal(1);
      expect(stderr).to.match(/GB/).and.include(cache);
      expect(existsSync(join(cache, "mynodeone"))).to.equal(false);
    } finally {
      await run("umount", [cache]);
    }
  });
});
