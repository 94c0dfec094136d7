import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStack } from "../../../lab/operator.ts";
import { run, runInNetwork, ssh, sshKey } from "../../../lab/run.ts";
import { hosts, router } from "../../../lab/topology.ts";
import { errorsOf } from "../refusal.ts";
import { askUntil } from "../outside.ts";
import { destroy, withPage } from "../smallStack.ts";

/** By name in the config: the machine, and the source address of the program's connections there. */
const machines = {
  edge: { host: "vps", from: router.inet },
  home: { host: "home", from: hosts.laptop.address },
} as const;
type Name = keyof typeof machines;
const names = Object.keys(machines) as Name[];

describe("a private key for each host", () => {
  let directory: string;
  const keyFile = (name: string) => join(directory, name);
  const privateKey = (name: string) => readFileSync(keyFile(name), "utf8");

  /** Accepts the host's own key with these options, and the lab's key. */
  async function authorize(name: Name, options: string): Promise<void> {
    const line = `${options} ${readFileSync(`${keyFile(name)}.pub`, "utf8").trim()}`;
    const rest = "grep -v mynodeone-test ~/.ssh/authorized_keys";
    const replace = `{ ${rest}; cat; } > ~/.ssh/new && chmod 600 ~/.ssh/new && mv ~/.ssh/new ~/.ssh/authorized_keys`;
    await ssh(machines[name].host, replace, { input: `${line}\n` });
  }

  /** A login from the laptop with one of the keys, and its command. */
  const logIn = (key: Name, to: Name, ...words: string[]) => {
    const options = ["-i", keyFile(key), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-F", "none"];
    const known = ["-o", "StrictHostKeyChecking=no", "-o", `UserKnownHostsFile=${keyFile("known_hosts")}`];
    const target = `deploy@${hosts[machines[to].host].address}`;
    return runInNetwork("laptop", [
      "ssh",
      ...options,
      ...known,
      ...words.slice(1),
      target,
      words[0] ?? "true",
    ]).then(
      () => "in",
      (error: unknown) => String(error),
    );
  };

  const secrets = () => ({
    "mynodeone:sshPrivateKey": null,
    "mynodeone:sshPrivateKeys": JSON.stringify(
      Object.fromEntries(names.map((name) => [name, privateKey(name)])),
    ),
  });

  before(async () => {
    await runStack(destroy);
    directory = mkdtempSync(join(tmpdir(), "mynodeone-keys-"));
    for (const name of [...names, "stranger"])
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "mynodeone-test", "-f", keyFile(name)]);
    for (const name of names) await authorize(name, `restrict,from="${machines[name].from}"`);
  });

  after(async () => {
    // With the keys in the state, which are those of the last run.
    await runStack({ ...destroy, secrets: secrets() });
    for (const name of names)
      await ssh(machines[name].host, "sed -i /mynodeone-test/d ~/.ssh/authorized_keys");
    rmSync(directory, { recursive: true });
  });

  it("is sufficient for up and destroy with restrict and from=, and opens no other host", async () => {
    await runStack({ ...withPage, secrets: secrets() });
    await askUntil("https://page.lab.test/get", 200);
    await runStack({ ...destroy, secrets: secrets() });
    expect(await logIn("edge", "edge")).to.equal("in");
    expect(await logIn("edge", "home"), "the edge's key at home").to.contain("Permission denied");
    expect(await logIn("home", "edge"), "the home's key at the edge").to.contain("Permission denied");
    const forward = ["true", "-o", "ExitOnForwardFailure=yes", "-R", "127.0.0.1:9555:127.0.0.1:22"];
    expect(await logIn("home", "home", ...forward), "a forwarded port").to.match(/forward/i);
  });

  it("is refused from an address that from= does not list, and the message names the key", async () => {
    await authorize("home", 'restrict,from="10.77.0.99"');
    try {
      const { errors } = await errorsOf({ ...withPage, secrets: secrets() });
      expect(errors.join("\n")).to.contain("refuses mynodeone:sshPrivateKeys.home for this user");
    } finally {
      await authorize("home", `restrict,from="${machines.home.from}"`);
    }
  });

  describe("with an SSH agent", () => {
    it("is the only key used: an agent with a good key does not help a wrong one", async () => {
      const started = await run("ssh-agent", ["-s"]);
      const [, socket = ""] = /SSH_AUTH_SOCK=([^;]+)/.exec(started) ?? [];
      const [, pid = ""] = /SSH_AGENT_PID=(\d+)/.exec(started) ?? [];
      const environment = { SSH_AUTH_SOCK: socket };
      try {
        await run("ssh-add", ["-q", sshKey], { env: environment });
        const wrong = { "mynodeone:sshPrivateKey": privateKey("stranger") };
        const { errors } = await errorsOf({ ...withPage, secrets: wrong, environment });
        expect(errors.join("\n")).to.contain("refuses mynodeone:sshPrivateKey for this user");
      } finally {
        process.kill(Number(pid));
      }
    });

    it("makes no request to the agent, and does not forward it to a host", async () => {
      const asked: Buffer[] = [];
      let connections = 0;
      const agent: Server = createServer((socket) => {
        connections += 1;
        socket.on("data", (data: Buffer) => asked.push(data));
        socket.on("error", () => undefined);
      });
      const path = keyFile("agent");
      await new Promise<void>((resolve) => agent.listen(path, resolve));
      try {
        await runStack({ ...withPage, secrets: secrets(), environment: { SSH_AUTH_SOCK: path } });
        expect(connections, "that the provider has seen it").to.be.above(0);
        expect(asked).to.be.empty;
      } finally {
        await new Promise((resolve) => agent.close(resolve));
      }
    });
  });
});
