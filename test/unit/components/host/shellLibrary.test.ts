import { expect } from "chai";
import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { putFile, ufwOnly } from "../../../../components/host/files.ts";
import { shellCommand, shellQuote } from "../../../../components/host/quote.ts";
import { shellLibrary } from "../../../../components/host/shellLibrary.ts";
import { temporaryDirectories } from "../../temporaryDirectories.ts";

/**
 * Runs a script with the library in front of it.
 *
 * @param name the script's name in its messages
 */
function runScript(script: string, name = "sh"): SpawnSyncReturns<string> {
  const command = ["-euc", `${shellLibrary}\n${script}`, name];
  return spawnSync("sh", command, { encoding: "utf8", timeout: 60_000 });
}

/** Runs a script that has to succeed, and returns its output. */
function outputOf(script: string): string {
  const { status, stdout, stderr } = runScript(script);
  expect(status, stderr).to.equal(0);
  return stdout;
}

describe("shell library", () => {
  const newDirectory = temporaryDirectories();
  let directory = "";
  beforeEach(() => {
    directory = newDirectory();
  });

  it("prints a message on one line, without control characters for a terminal", () => {
    const name = 'evil",pid=1,fd=3)) \u001b[31m\n\u009b2J\r\u007f café…';
    const { stderr, status } = runScript(`warn ${shellQuote(name)} twice\nfail end`);
    expect(stderr.split("\n")).to.deep.equal([
      'mynodeone: evil",pid=1,fd=3)) ?[31m??2J?? café… twice',
      "mynodeone: end",
      "",
    ]);
    expect(status).to.equal(1);
  });

  describe("put", () => {
    it("writes any text, and sets changed only when the file differs", () => {
      const path = join(directory, "new", "file.yaml");
      const text = 'it\'s `$HOME` \\n "x"\n  é\n';
      const script = `${putFile(path, "0640", text)}\necho $changed`;
      expect(outputOf(script)).to.equal("1\n");
      expect(readFileSync(path, "utf8")).to.equal(text);
      expect(statSync(path).mode & 0o777).to.equal(0o640);
      expect(outputOf(script)).to.equal("0\n");
      expect(readdirSync(join(directory, "new"))).to.deep.equal(["file.yaml"]);
    });

    it("sets changed until a script has finished, and removes what an interrupted one left", () => {
      const script = `unfinished=${directory}/unfinished/x\n[ ! -e "$unfinished" ] || changed=1`;
      const write = `${script}\n${putFile(join(directory, "file"), "0644", "text\n")}\necho $changed`;
      writeFileSync(join(directory, ".mynodeone.0123456789"), "half a te");
      expect(outputOf(write)).to.equal("1\n");
      expect(readdirSync(directory).sort()).to.deep.equal(["file", "unfinished"]);
      expect(outputOf(write), "cut off before").to.equal("1\n");
      expect(outputOf(`${write}\nfinish`)).to.equal("1\n");
      expect(outputOf(write), "finished before").to.equal("0\n");
      expect(readdirSync(directory)).to.deep.equal(["file"]);
    });

    it("restores a mode that was changed by hand", () => {
      const path = join(directory, "secret");
      outputOf(putFile(path, "0600", "text\n"));
      chmodSync(path, 0o644);
      outputOf(putFile(path, "0600", "text\n"));
      expect(statSync(path).mode & 0o777).to.equal(0o600);
    });
  });

  const asRoot = userInfo().uid === 0;
  /** Only root can become another user: without root, the script runs everything as the current user. */
  const runEnv = (script: string) =>
    runScript(`${asRoot ? "" : 'run_as() { shift; "$@"; }'}\n${script}`, "home-proxy");

  describe("env_set and env_unset", () => {
    const user = userInfo().username;
    const change = (script: string) => {
      const { status, stderr } = runEnv(script);
      expect(status, stderr).to.equal(0);
    };
    const set = (file: string, key: string, line: string) => {
      change(`env_set ${shellCommand(file, user, key, line)}`);
    };
    const unset = (file: string, key: string) => {
      change(`env_unset ${shellCommand(file, user, key)}`);
    };

    it("keep each variable once and leave other lines unchanged", () => {
      const file = join(directory, "home", "ports.env");
      set(file, "A_PORT", "A_PORT=1");
      writeFileSync(file, "# mine\nA_PORT=1\nA_PORT=1\nAA_PORT=7\n");
      set(file, "A_PORT", "A_PORT=2");
      set(file, "B_PORT", "B_PORT=3");
      set(file, "B_PORT", "B_PORT=3");
      expect(readFileSync(file, "utf8")).to.equal("# mine\nAA_PORT=7\nA_PORT=2\nB_PORT=3\n");
    });

    it("remove a variable, and then an empty file and its directory", () => {
      const file = join(directory, "home", "ports.env");
      set(file, "A_PORT", "A_PORT=1");
      set(file, "B_PORT", "B_PORT=2");
      unset(file, "A_PORT");
      expect(readFileSync(file, "utf8")).to.equal("B_PORT=2\n");
      unset(file, "B_PORT");
      unset(file, "B_PORT");
      expect(readdirSync(directory)).to.deep.equal([]);
    });

    it("replace a FIFO by a new file without reading from it", () => {
      const file = join(directory, "ports.env");
      execFileSync("mkfifo", [file]);
      set(file, "A_PORT", "A_PORT=1");
      expect(readFileSync(file, "utf8")).to.equal("A_PORT=1\n");
    });

    it("leave a file unchanged that cannot be rewritten, and report this", () => {
      const file = join(directory, "ports.env");
      const before = `A_PORT=1\n${"# mine\n".repeat(1000)}`;
      writeFileSync(file, before);
      const { status, stderr } = runEnv(`ulimit -f 1\nenv_unset ${shellCommand(file, user, "A_PORT")}`);
      expect(status).to.equal(1);
      expect(stderr).to.match(/mynodeone: home-proxy: .*ports\.env cannot be written as the user .*\n$/);
      expect(readFileSync(file, "utf8")).to.equal(before);
    });
  });

  describe("env_unset_elsewhere", () => {
    /** A user whose home directory is a temporary one. */
    const other = { name: "nobody", uid: 65534, gid: 65534 };
    const lines = "# mine\nA_PORT=1\n";
    let env = "";
    let victim = "";

    beforeEach(() => {
      chmodSync(directory, 0o711);
      const home = join(directory, "home");
      env = join(home, ".mynodeone");
      mkdirSync(env, { recursive: true });
      for (const path of [home, env]) give(path);
      victim = join(directory, "victim");
      mkdirSync(victim);
      writeFileSync(join(victim, "ports.env"), lines);
    });

    const give = (path: string) => {
      if (asRoot) chownSync(path, other.uid, other.gid);
    };
    const unsetElsewhere = (before = "") => {
      const account = [other.name, "x", other.uid, other.gid, "", join(directory, "home"), ""].join(":");
      const getent = `getent() { printf '%s\\n' ${shellQuote(account)}; }`;
      return runEnv(
        `${before}\n${getent}\nenv_unset_elsewhere ${shellCommand(join(directory, "own.env"), "ports.env", "A_PORT")}`,
      );
    };
    const warning =
      /^mynodeone: home-proxy: A_PORT may still be set in .*\.mynodeone\/ports\.env, .* nobody\n$/;
    const silent = { status: 0, stdout: "", stderr: "" };

    it("removes the line from another user's file", () => {
      const file = join(env, "ports.env");
      writeFileSync(file, lines);
      give(file);
      expect(unsetElsewhere()).to.include(silent);
      expect(readFileSync(file, "utf8")).to.equal("# mine\n");
      if (asRoot) expect(statSync(file)).to.include({ uid: other.uid, gid: other.gid });
    });

    it("does not block on a FIFO", () => {
      const file = join(env, "ports.env");
      execFileSync("mkfifo", [file]);
      expect(unsetElsewhere()).to.include(silent);
      expect(lstatSync(file).isFIFO()).to.equal(true);
    });

    (asRoot ? it : it.skip)("times out on a FIFO that replaces the file after the check", () => {
      const bin = join(directory, "bin");
      mkdirSync(bin);
      const fifo = join(directory, "fifo");
      execFileSync("mkfifo", ["-m", "0666", fifo]);
      writeFileSync(join(bin, "grep"), `#!/bin/sh\ncat ${shellQuote(fifo)}\n`, { mode: 0o755 });
      const file = join(env, "ports.env");
      writeFileSync(file, lines);
      give(file);
      const { status, stderr } = unsetElsewhere(`run_patience=1 PATH=${shellQuote(bin)}:$PATH`);
      expect(status).to.equal(0);
      expect(stderr).to.match(warning);
    });

    it("does not follow a symbolic link in place of the file", () => {
      symlinkSync(join(victim, "ports.env"), join(env, "ports.env"));
      expect(unsetElsewhere()).to.include(silent);
      expect(readFileSync(join(victim, "ports.env"), "utf8")).to.equal(lines);
      expect(lstatSync(join(env, "ports.env")).isSymbolicLink()).to.equal(true);
    });

    (asRoot ? it : it.skip)("uses only the other user's rights, wherever the directory links to", () => {
      rmSync(env, { recursive: true });
      symlinkSync(victim, env);
      const { status, stderr } = unsetElsewhere();
      expect(status).to.equal(0);
      expect(stderr).to.match(warning);
      expect(readdirSync(victim)).to.deep.equal(["ports.env"]);
      expect(readFileSync(join(victim, "ports.env"), "utf8")).to.equal(lines);
      // The control: a link to a file that this user can write is followed.
      for (const path of [victim, join(victim, "ports.env")]) give(path);
      expect(unsetElsewhere()).to.include(silent);
      expect(readFileSync(join(victim, "ports.env"), "utf8")).to.equal("# mine\n");
    });
  });

  describe("ufw_only", () => {
    /** Runs a script with a fake `ufw` that lists these rules, and returns the other `ufw` commands. */
    const ufw = (present: string[], script: string): string[] => {
      const shown = ["Added user rules (see 'ufw status' for running firewall):", ...present].join("\n");
      return outputOf(
        `ufw() { if [ "$1" = show ]; then printf '%s\\n' ${shellQuote(shown)}; else echo "$*"; fi; }\n${script}`,
      )
        .split("\n")
        .slice(0, -1);
    };

    it("adds missing rules, then deletes surplus ones", () => {
      const done = ufw(
        [
          "ufw allow 80/tcp comment 'mynodeone edge'",
          "ufw allow 81/tcp comment 'mynodeone edge'",
          "ufw route allow to 10.0.0.0/8 comment 'mynodeone edge'",
          "ufw allow 82/tcp comment 'mynodeone edge2'",
        ],
        ufwOnly("mynodeone edge", ["allow 80/tcp", "allow 443/tcp"]),
      );
      expect(done).to.deep.equal([
        "allow 443/tcp comment mynodeone edge",
        "delete allow 81/tcp",
        "route delete allow to 10.0.0.0/8",
      ]);
    });

    it("does not touch rules added by others", () => {
      const present = ["ufw allow 22/tcp", "ufw allow 80/tcp comment 'web'"];
      expect(ufw(present, ufwOnly("mynodeone edge", ["allow 22/tcp", "allow 80/tcp"]))).to.deep.equal([]);
      expect(ufw(present, ufwOnly("mynodeone edge"))).to.deep.equal([]);
    });

    it("replaces no rule for the same connections, whatever the rule's verdict", () => {
      const rules = ["allow 22/tcp", "route allow to 10.0.0.0/8"];
      for (const action of ["limit", "deny", "reject", "allow log", "limit log-all"]) {
        const present = [`ufw ${action} 22/tcp`, `ufw route ${action} to 10.0.0.0/8 comment 'mine'`];
        expect(ufw(present, ufwOnly("mynodeone edge", rules)), action).to.deep.equal([]);
      }
      const another = ["ufw limit 2222/tcp", "ufw route deny to 10.0.0.0/16"];
      expect(ufw(another, ufwOnly("mynodeone edge", rules)), "the control").to.have.lengthOf(2);
    });

    it("deletes no rule that it has not added, even with its own comment", () => {
      const comment = "comment 'mynodeone edge'";
      const changed = ["limit 22/tcp", "allow log 22/tcp", "route allow log to 10.0.0.0/8"];
      const present = changed.map((rule) => `ufw ${rule} ${comment}`);
      expect(ufw(present, ufwOnly("mynodeone edge"))).to.deep.equal([]);
      expect(ufw([`ufw allow 22/tcp ${comment}`], ufwOnly("mynodeone edge"))).to.deep.equal([
        "delete allow 22/tcp",
      ]);
    });
  });

  describe("units", () => {
    const ours = "# Written by MyNodeOne; changes are lost at the next `pulumi up`.\n[Service]\n";
    const theirs = "[Service]\n# not Written by MyNodeOne\n";
    /** Runs a script with these unit files and a fake `systemctl` that prints its arguments. */
    const withUnits = (script: string, units: Record<string, string>) => {
      for (const [unit, text] of Object.entries(units)) writeFileSync(join(directory, unit), text);
      const fake = 'systemctl() { if [ "$1" != show ]; then echo "$*"; fi; }';
      return runScript(`unit_directory=${directory}\n${fake}\n${script}`, "home-proxy");
    };

    it("of others are never overwritten", () => {
      const units = { "a.service": ours, "b.service": theirs };
      expect(withUnits("own_unit a.service; own_unit absent.service; echo on", units).stdout).to.equal(
        "on\n",
      );
      const { status, stderr } = withUnits("own_unit b.service; echo on", units);
      expect(status).to.equal(1);
      expect(stderr).to.match(/^mynodeone: home-proxy: .*b\.service was not written by this program/);
    });

    it("of others are never stopped or removed", () => {
      const units = { "a.service": ours, "b.service": theirs };
      const { status, stdout, stderr } = withUnits("remove_units a.service b.service absent.timer", units);
      expect(status, stderr).to.equal(0);
      expect(readdirSync(directory)).to.deep.equal(["b.service"]);
      expect(stdout).to.contain("disable --now --quiet a.service\n").and.not.contain("quiet b.service");
      expect(stderr).to.match(/b\.service was not written by this program, and stays\n$/);
    });
  });

  describe("need", () => {
    /** Runs `need` with this script as `apt-get` and with a `sleep` that returns at once. */
    const need = (aptGet: string, what = "nosuchprogram=package") => {
      writeFileSync(join(directory, "apt-get"), `#!/bin/sh\n${aptGet}\n`, { mode: 0o755 });
      writeFileSync(join(directory, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
      return runScript(`PATH=${directory}:$PATH apt_patience=4\nneed ${what}\necho done`, "home-tools");
    };
    const locked = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 12 (dpkg)";

    it("installs only the packages whose program is missing", () => {
      expect(need("exit 1", "sh=dash").stdout).to.equal("done\n");
      const calls = join(directory, "calls");
      expect(need(`echo "$*" >> ${calls}`).stdout).to.equal("done\n");
      expect(readFileSync(calls, "utf8")).to.match(/^-q update\n-q install .*--no-remove .*package\n$/);
    });

    it("waits for another process that uses apt", () => {
      const tried = join(directory, "tried");
      const { stdout, stderr } = need(`[ -e ${tried} ] || { : > ${tried}; echo '${locked}'; exit 100; }`);
      expect(stdout).to.equal("done\n");
      expect(stderr).to.equal("mynodeone: home-tools: waiting for process 12 (dpkg), which uses apt\n");
    });

    it("names the process that uses apt when it gives up", () => {
      const { status, stderr } = need(`echo '${locked}' >&2; exit 100`);
      expect(status).to.equal(1);
      expect(stderr).to.match(
        /home-tools: cannot install package: apt is in use by process 12 \(dpkg\)\. Wait until it is done.*\n$/,
      );
    });

    it("passes on any other error of apt", () => {
      const { status, stderr } = need("echo 'E: Unable to locate package package'; exit 100");
      expect(status).to.equal(1);
      expect(stderr).to.match(
        /Unable to locate package package\nmynodeone: home-tools: cannot install package;/,
      );
    });
  });

  it("prefixes the message of a failure with the name of the project", () => {
    const { status, stderr } = runScript("fail 'no port'\necho on");
    expect(status).to.equal(1);
    expect(stderr).to.equal("mynodeone: no port\n");
  });
});
