import { remote } from "@pulumi/command";
import { expect } from "chai";
import { createServer } from "node:net";
import { join } from "node:path";
import { commandProvider } from "../../../lab/plugins/command/provider.ts";
import { parseHostKey } from "../../../lab/plugins/command/hostKey.ts";
import { unknownValue, type Properties } from "../../../lab/plugins/framework/properties.ts";
import ssh from "ssh2";
import { poll } from "../../../lab/poll.ts";
import { close, listen } from "../loopback.ts";
import { secret } from "../pulumiSecret.ts";
import { rejection } from "../rejection.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";
import { startEngine, type Engine } from "./fixtures/engine.ts";
import { startSshHost, type SshHost } from "./fixtures/sshHost.ts";

const type = "command:remote:Command";

describe("the remote.Command stand-in", () => {
  let engine: Engine;
  let host: SshHost;
  let connection: Properties;
  const newDirectory = temporaryDirectories();

  before(async () => {
    delete process.env.SSH_AUTH_SOCK;
    host = await startSshHost();
  });
  after(() => host.stop());

  beforeEach(async () => {
    engine = await startEngine(commandProvider("1.2.1"));
    host.commands = [];
    host.connections = 0;
    const { port, key, hostKey } = host;
    connection = {
      host: "127.0.0.1",
      port,
      user: "deploy",
      privateKey: key,
      hostKey,
      dialErrorLimit: 0,
      perDialTimeout: 5,
    };
  });
  afterEach(() => {
    engine.stop();
  });

  it("has the type token of the SDK's class", () => {
    expect(Reflect.get(remote.Command, "__pulumiType")).to.equal(type);
  });

  describe("on check", () => {
    it("fills in the defaults and keeps the connection secret", async () => {
      const { inputs } = await engine.check(type, { connection: secret({ host: "h" }), create: "true" });
      expect(inputs).to.deep.equal({
        connection: secret({ user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15, host: "h" }),
        create: "true",
      });
    });

    it("reports an unknown field without the values of the others", async () => {
      const { failures } = await engine.check(type, {
        connection: { host: "h", privateKey: "KEY", hostkey: "KEY" },
      });
      expect(failures).to.deep.equal([
        "connection.hostkey: Unrecognized field 'hostkey' on 'remote.Connection'",
      ]);
    });

    it("requires a connection and its host", async () => {
      expect((await engine.check(type, {})).failures).to.deep.equal([
        "connection: Missing required field 'connection' on 'remote.CommandInputs'",
      ]);
      const { failures } = await engine.check(type, { connection: {} });
      expect(failures).to.deep.equal([
        "connection.host: Missing required field 'host' on 'remote.Connection'",
      ]);
    });

    it("accepts an unknown connection", async () => {
      expect((await engine.check(type, { connection: unknownValue })).failures).to.be.empty;
    });
  });

  describe("on diff", () => {
    it("updates for any change, and replaces for added or removed triggers", async () => {
      const olds = { create: "a", delete: "b", triggers: ["1"], connection: { host: "h" } };
      const news = { create: "a", delete: "c", triggers: ["2"], connection: { host: "i" } };
      expect(await engine.diff(type, olds, news)).to.deep.equal({
        changes: ["connection.host: update", "delete: update", "triggers[0]: update"],
        replaces: [],
      });
      const { replaces } = await engine.diff(type, olds, { ...olds, triggers: undefined });
      expect(replaces).to.deep.equal(["triggers"]);
    });

    it("reports no change for equal inputs, secrets included", async () => {
      const { changes } = await engine.diff(type, { stdin: secret("x") }, { stdin: secret("x") });
      expect(changes).to.be.empty;
    });
  });

  describe("on preview", () => {
    it("runs nothing and leaves the output unknown", async () => {
      const { id, state } = await engine.create(
        type,
        { connection: secret(connection), create: "true" },
        true,
      );
      expect(id).to.equal("");
      expect(state).to.include({ stdout: unknownValue, stderr: unknownValue, create: "true" });
      const updated = await engine.update(type, "id", { stdout: "x" }, { connection, create: "false" }, true);
      expect(updated.stdout).to.equal(unknownValue);
      expect(host.connections).to.equal(0);
    });
  });

  it("runs create with its stdin, captures the output and keeps secrets secret", async () => {
    const create = "cat; echo made; echo warned >&2";
    const inputs = { connection, create, stdin: secret("hush\n"), triggers: ["1"] };
    const { id, state } = await engine.create(type, inputs);
    expect(id).to.match(/^photos[0-9a-f]{8}$/);
    expect(state).to.deep.equal({
      ...inputs,
      connection: secret(connection),
      stdout: "hush\nmade",
      stderr: "warned",
    });
    expect(host.connections).to.equal(1);
  });

  it("logs each line of the output that the logging option selects", async () => {
    const create = "printf 'one\\ntwo'; echo oops >&2";
    await engine.create(type, { connection, create });
    expect(engine.logs.map(({ message }) => message)).to.have.members(["one", "two", "oops"]);
    engine.logs.length = 0;
    await engine.create(type, { connection, create, logging: "stderr" });
    expect(engine.logs).to.deep.equal([{ severity: "info", message: "oops", passing: true }]);
    engine.logs.length = 0;
    await engine.create(type, { connection, create, logging: "none" });
    expect(engine.logs).to.be.empty;
  });

  it("runs update or else create, with the previous output in its environment", async () => {
    const old = { stdout: "before", stderr: "" };
    await engine.update(type, "id", old, { connection, create: "c", update: "true" });
    const state = await engine.update(type, "id", old, {
      connection,
      create: 'echo "$PULUMI_COMMAND_STDOUT"',
    });
    expect(state.stdout).to.equal("before");
    expect(host.commands.map(({ command }) => command)).to.deep.equal([
      "true",
      'echo "$PULUMI_COMMAND_STDOUT"',
    ]);
    await engine.update(type, "id", old, { connection, update: "true", addPreviousOutputInEnv: false });
    expect(host.commands.at(-1)?.env).to.be.empty;
  });

  it("keeps the previous output if there is nothing to run", async () => {
    const state = await engine.update(type, "id", { stdout: "kept", stderr: "" }, { connection });
    expect(state.stdout).to.equal("kept");
    expect(host.connections).to.equal(0);
  });

  it("runs delete over the connection in the state", async () => {
    await engine.delete(type, "id", {
      connection: secret(connection),
      delete: "true",
      stdout: "x",
      stderr: "",
    });
    expect(host.commands).to.deep.equal([{ command: "true", env: { PULUMI_COMMAND_STDOUT: "x" } }]);
    await engine.delete(type, "id", { connection: secret(connection) });
    expect(host.connections).to.equal(1);
  });

  it("reports a failed command with its exit status and its output", async () => {
    const error = await rejection(
      engine.create(type, { connection, create: "echo out; echo 'bad' >&2; exit 3" }),
    );
    expect(error.message).to.contain(
      "Process exited with status 3: running \"echo out; echo 'bad' >&2; exit 3\":\n",
    );
    expect(error.message).to.contain("out\n").and.to.contain("bad\n");
    expect(error.message).not.to.contain("PRIVATE KEY");
  });

  it("reports the signal that ended a command", async () => {
    const error = await rejection(engine.create(type, { connection, create: "kill -KILL $$" }));
    expect(error.message).to.contain("from signal KILL");
  });

  it("keeps each connection until the plugin ends", async () => {
    await engine.create(type, { connection, create: "true" });
    await engine.create(type, { connection, create: "true" });
    expect(host.open()).to.equal(2);
    engine.stop();
    await poll(() => expect(host.open()).to.equal(0), { what: "the connections to end", timeout: 5000 });
  });

  it("fails if the SSH agent of its environment does not answer", async () => {
    process.env.SSH_AUTH_SOCK = "/nonexistent/agent";
    try {
      const error = await rejection(engine.create(type, { connection, create: "true" }));
      expect(error.message).to.contain("dial unix /nonexistent/agent: connect: no such file or directory");
      expect(host.connections).to.equal(0);
    } finally {
      delete process.env.SSH_AUTH_SOCK;
    }
  });

  it("connects to the SSH agent of its environment, but does not use it if there is a private key", async () => {
    const asked: Buffer[] = [];
    let connections = 0;
    const agent = createServer((socket) => {
      connections += 1;
      socket.on("data", (data: Buffer) => asked.push(data));
      socket.on("error", () => undefined);
    });
    const path = join(newDirectory(), "agent");
    await new Promise<void>((resolve) => agent.listen(path, resolve));
    process.env.SSH_AUTH_SOCK = path;
    try {
      await engine.create(type, { connection, create: "true" });
      const { private: refused } = ssh.utils.generateKeyPairSync("ed25519");
      const login = { ...connection, privateKey: refused };
      const error = await rejection(engine.create(type, { connection: login, create: "true" }));
      expect(error.message).to.contain("unable to authenticate");
      expect(connections).to.equal(2);
      expect(asked).to.be.empty;
    } finally {
      delete process.env.SSH_AUTH_SOCK;
      await new Promise((resolve) => agent.close(resolve));
    }
  });

  it("refuses a host key other than the pinned one", async () => {
    const other = await startSshHost();
    const error = await rejection(
      engine.create(type, { connection: { ...connection, hostKey: other.hostKey }, create: "true" }),
    );
    await other.stop();
    expect(error.message).to.contain(
      "after 0 failed attempts: ssh: handshake failed: ssh: host key mismatch",
    );
    expect(host.commands).to.be.empty;
  });

  it("reports a refused login after the allowed number of attempts", async () => {
    const wrong = { ...connection, privateKey: host.otherKey, dialErrorLimit: 1 };
    const error = await rejection(engine.create(type, { connection: wrong, create: "true" }));
    expect(error.message).to.contain(
      "after 1 failed attempts: ssh: handshake failed: ssh: unable to authenticate, " +
        "attempted methods [none publickey], no supported methods remain",
    );
    expect(host.connections).to.equal(2);
    expect(engine.logs).to.deep.equal([
      { severity: "info", message: "Dial 1/1 failed: retrying", passing: true },
    ]);
  });

  it("reports a port where nothing listens", async () => {
    const closed = createServer();
    const port = await listen(closed);
    await close(closed);
    const error = await rejection(
      engine.create(type, { connection: { ...connection, port }, create: "true" }),
    );
    expect(error.message).to.contain(`dial tcp 127.0.0.1:${port}: connect: connection refused`);
  });

  it("finishes a running command when cancelled, but stops connection attempts", async () => {
    const running = engine.create(type, { connection, create: "sleep 1; echo done" });
    const dialling = rejection(
      engine.create(type, { connection: { ...connection, port: 1, dialErrorLimit: -1 }, create: "true" }),
    );
    await poll(() => expect(host.commands).to.have.length(1), { what: "the command to run", timeout: 8000 });
    await engine.cancel();
    expect((await running).state.stdout).to.equal("done");
    expect((await dialling).message).to.contain("context canceled");
  });

  it("connects through a jump host", async () => {
    const proxyHost = await startSshHost();
    const proxy = { host: "127.0.0.1", port: proxyHost.port, user: "deploy", privateKey: proxyHost.key };
    const { inputs } = await engine.check(type, { connection: { ...connection, proxy }, create: "echo far" });
    expect((await engine.create(type, inputs)).state.stdout).to.equal("far");
    expect([proxyHost.connections, host.connections]).to.deep.equal([1, 1]);

    const refused = { ...proxy, privateKey: proxyHost.otherKey, dialErrorLimit: 0, perDialTimeout: 5 };
    const error = await rejection(
      engine.create(type, { connection: { ...connection, proxy: refused }, create: "true" }),
    );
    expect(error.message).to.contain("proxy: after 0 failed attempts: ssh: handshake failed");
    await proxyHost.stop();
  });

  describe("with a refused environment variable", () => {
    beforeEach(() => {
      host.accepts = () => false;
    });
    afterEach(() => {
      host.accepts = () => true;
    });

    it("fails before it runs the command", async () => {
      const error = await rejection(
        engine.create(type, { connection, create: "true", environment: { APP: "photos" } }),
      );
      expect(error.message).to.contain('could not set environment variable "APP": ssh: setenv failed');
      expect(engine.logs.map(({ severity }) => severity)).to.deep.equal(["error"]);
      expect(host.commands).to.be.empty;
    });

    it("only warns if it is the previous output", async () => {
      const old = { stdout: "before", stderr: "" };
      await engine.update(type, "id", old, { connection, create: "true" });
      expect(engine.logs).to.have.length(1);
      expect(engine.logs[0]).to.include({ severity: "warning" });
      expect(engine.logs[0]?.message).to.contain("PULUMI_COMMAND_STDOUT").and.to.contain("AcceptEnv");
      expect(host.commands).to.deep.equal([{ command: "true", env: {} }]);
    });
  });

  it("reports an unusable key before it connects", async () => {
    const { private: locked } = ssh.utils.generateKeyPairSync("ed25519", {
      passphrase: "p",
      rounds: 16,
      cipher: "aes256-cbc",
    });
    const messages: [Properties, string][] = [
      [{ privateKey: "no key" }, "ssh: no key found"],
      [{ privateKey: locked }, "ssh: this private key is passphrase protected"],
      [{ privateKey: locked, privateKeyPassword: "q" }, "x509: decryption password incorrect"],
      [{ hostKey: "no key" }, "failed to parse host key: ssh: no key found"],
    ];
    for (const [wrong, message] of messages) {
      const error = await rejection(
        engine.create(type, { connection: { ...connection, ...wrong }, create: "true" }),
      );
      expect(error.message).to.contain(message).and.not.to.contain("attempts");
    }
    expect(host.connections).to.equal(0);
  });

  it("parses host keys in the format of authorized_keys only", () => {
    expect(parseHostKey(host.hostKey).algorithms).to.deep.equal(["ssh-ed25519"]);
    for (const line of [
      "",
      "ssh-ed25519",
      "ssh-ed25519 AAAA",
      host.hostKey.replace("ssh-ed25519", "ssh-rsa"),
    ]) {
      expect(() => parseHostKey(line), line).to.throw("failed to parse host key");
    }
  });
});
