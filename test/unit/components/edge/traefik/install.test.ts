import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellLibrary } from "../../../../../components/host/shellLibrary.ts";
import { installTraefik } from "../../../../../components/edge/traefik/install.ts";
import { temporaryDirectories } from "../../../temporaryDirectories.ts";

describe("the installation of Traefik", () => {
  const newDirectory = temporaryDirectories();

  /** Installs from an archive of a directory that `fill` writes, with a stand-in for curl. */
  function install(fill: (content: string) => void) {
    const root = newDirectory();
    const content = join(root, "content");
    mkdirSync(content);
    fill(content);
    const archive = join(root, "archive.tar.gz");
    spawnSync("sh", ["-c", `cd "${content}" && tar -czf "${archive}" *`]);
    const sha256 = createHash("sha256").update(readFileSync(archive)).digest("hex");
    const url = "https://example.com/{a,b}[1-2].tar.gz";
    const script = installTraefik({ url, sha256 })
      .replaceAll("/usr/local/bin/traefik", join(root, "traefik"))
      .replaceAll("/etc/mynodeone/traefik.sha256", join(root, "sum"));
    const standIn = `curl() { printf '%s\\n' "$@" > ${root}/arguments; while [ "$1" != -o ]; do shift; done; cp ${archive} "$2"; }`;
    const { status, stderr } = spawnSync("sh", ["-euc", `${shellLibrary}\n${standIn}\n${script}`], {
      encoding: "utf8",
    });
    const installed = join(root, "traefik");
    return {
      status,
      stderr,
      installed: existsSync(installed) ? readFileSync(installed, "utf8") : undefined,
      arguments: readFileSync(join(root, "arguments"), "utf8").split("\n"),
    };
  }

  it("extracts the program from the archive, and does not treat its URL as a pattern", () => {
    const result = install((content) => {
      writeFileSync(join(content, "traefik"), "the program");
    });
    expect(result).to.include({ status: 0, installed: "the program" });
    expect(result.arguments.some((one) => /^-\w*g/.test(one))).to.equal(true);
  });

  it("follows no link in the archive", () => {
    const secret = join(newDirectory(), "secret");
    writeFileSync(secret, "a secret of the host");
    const links = {
      symbolic: (content: string) => {
        symlinkSync(secret, join(content, "traefik"));
      },
      "to another member": (content: string) => {
        writeFileSync(join(content, "a"), "another member");
        linkSync(join(content, "a"), join(content, "traefik"));
      },
    };
    for (const [kind, fill] of Object.entries(links)) {
      const { status, stderr, installed } = install(fill);
      expect(installed, kind).to.equal(undefined);
      expect(status, kind).not.to.equal(0);
      expect(stderr, kind).to.contain("traefik.url").and.contain("contains no file named traefik");
    }
  });
});
