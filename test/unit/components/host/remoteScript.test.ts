import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { RemoteHost } from "../../../../components/host/connection.ts";
import { deliver, RemoteScript } from "../../../../components/host/remoteScript.ts";
import { find, runProgram, scriptOf } from "../engine.ts";
import { ssh } from "../platform.ts";

const make = (more: object = {}) =>
  runProgram(
    () =>
      new RemoteScript("s", { host: new RemoteHost(ssh), create: "echo 'hi'", identity: ["s"], ...more }, {}),
  );

const address = "192.0.2.1:22";
const root = { user: "root", address };
const deploy = { user: "deploy", address };

describe("RemoteScript", () => {
  it("runs as root, under a lock that admits one script at a time", () => {
    const { create = "" } = deliver("s", root, { create: "true" });
    expect(create).to.match(
      /^sh -c 'mkdir -pm 700 (\/run\/mynodeone); exec flock --close --wait \d+ \1\/lock sh -euc "\$@"' sh 'eval /,
    );
    expect(deliver("s", deploy, { create: "true" }).create).to.equal(`sudo -n ${create}`);
  });

  it("takes no lock if it shares nothing, and has no command for a step without a script", () => {
    const delivery = deliver("s", deploy, { delete: "true" }, true);
    expect(delivery.create).to.equal(undefined);
    expect(delivery.delete).to.match(/^sudo -n sh -euc /);
  });

  describe("on delivery", () => {
    /** Runs a delivery in a shell, followed by `more` on standard input. */
    const run = (create: string, { more = "", bytes = Infinity, step = "create" } = {}) => {
      // The lock needs a directory of root.
      const delivery = deliver("s", root, { create, delete: "echo removed" }, true);
      const command = delivery[step as "create"] ?? "";
      const input = Buffer.from(delivery.text + more).subarray(0, bytes);
      return spawnSync("sh", ["-c", command], { input, encoding: "utf8" });
    };

    it("passes any script text unchanged", () => {
      const { stdout, status } = run("printf '%s' 'é \"$HOME\" `id` \\n'\necho '; }'");
      expect(stdout).to.equal('é "$HOME" `id` \\n; }\n');
      expect(status).to.equal(0);
      expect(run("true", { step: "delete" }).stdout).to.equal("removed\n");
    });

    it("leaves the rest of standard input to the script", () => {
      expect(run('secret=$(cat)\necho "<$secret>"', { more: "to\nken" }).stdout).to.equal("<to\nken>\n");
    });

    it("stops at the first error, and names the script in the message", () => {
      const { stdout, stderr, status } = run("cat /nowhere\necho on");
      expect([status, stdout]).to.deep.equal([1, ""]);
      expect(stderr).to.contain("/nowhere");
      expect(run(": $unset").stderr).to.match(/^s: .*unset/);
    });

    it("runs nothing of a truncated script", () => {
      const whole = deliver("s", root, { create: "echo a\necho b", delete: "echo removed" }).text.length;
      for (const missing of [1, 2, 5, 20, 60]) {
        const { stdout, status } = run("echo a\necho b", { bytes: whole - missing });
        expect(stdout, `${missing} bytes less`).to.equal("");
        expect(status, `${missing} bytes less`).not.to.equal(0);
      }
    });
  });

  it("tells the script its SSH session, which sudo would hide", () => {
    const { text, create = "" } = deliver("s", deploy, { create: "echo $ssh_connection" }, true);
    const command = create.replace("sudo -n", "env -i");
    const session = "192.0.2.9 51234 192.0.2.1 22";
    const env = { PATH: process.env.PATH, SSH_CONNECTION: session };
    expect(spawnSync("sh", ["-c", command], { input: text, env, encoding: "utf8" }).stdout).to.equal(
      `${session}\n`,
    );
  });

  it("keeps its command line short and ends it with the host's address", async () => {
    const { resources } = await make();
    const script = find(resources, "s");
    expect(scriptOf(script)).to.equal("echo 'hi'");
    expect(String(script.inputs.create)).to.match(/ 's' create "\$SSH_CONNECTION" '192\.0\.2\.1:22'$/);
    expect(String(script.inputs.create).length).to.be.below(260);
  });

  it("pins the host key, hides the private key and limits the connection attempts", async () => {
    const { resources } = await make();
    expect(find(resources, "s").inputs.connection).to.deep.equal({
      secret: {
        host: "192.0.2.1",
        port: 22,
        user: "deploy",
        hostKey: "ssh-ed25519 AAAAhost",
        privateKey: "the private key",
        dialErrorLimit: 3,
        perDialTimeout: 10,
      },
    });
  });

  it("deletes before it replaces when the host or its identity changes", async () => {
    const { resources } = await make({ identity: ["/etc/file"], delete: "rm -f /etc/file" });
    const script = find(resources, "s");
    expect(script.deleteBeforeReplace).to.equal(true);
    expect(script.inputs.triggers).to.deep.equal(["192.0.2.1:22 ssh-ed25519 AAAAhost", "/etc/file"]);
    expect(scriptOf(script, "delete")).to.equal("rm -f /etc/file");
  });

  it("takes a secret on standard input only, and logs nothing of that run", async () => {
    const { resources } = await make({ stdin: "token" });
    const script = find(resources, "s");
    expect(script.inputs.stdin)
      .to.have.property("secret")
      .that.matches(/\}token$/);
    expect(script.inputs.logging).to.equal("none");
    expect(script.additionalSecretOutputs).to.include.members(["stdin", "stdout", "stderr"]);
    expect(JSON.stringify({ ...script.inputs, stdin: undefined })).not.to.contain("token");
  });
});
