import { expect } from "chai";
import { onConsole } from "../../../../lab/machines.ts";
import { runStack } from "../../../../lab/operator.ts";
import { poll } from "../../../../lab/poll.ts";
import { ssh } from "../../../../lab/run.ts";
import { tailnetAddresses } from "../../../../lab/tailnet.ts";
import { publishedApps } from "../../apps.ts";
import { failureOf } from "../../failure.ts";
import { standingStack } from "../../standingStack.ts";

const port = 8090;
const up = () => runStack({ operation: "up", apps: publishedApps({ page: { proxyPort: port } }) });

/** Names that a process may give itself, which the list of listeners shows unchanged. */
const names = {
  "that ends the list's quotes and names another process": `x",pid=1,fd=3`,
  "of a unit of this program": "immich-proxy.se",
  "with control characters": "x\\e[31m\\e]0;x\\a",
  "with a line break and advice of its own": "x\\nRun: rm -r",
};

describe("an unprivileged user of the home", () => {
  let home: string;

  before(async () => {
    await standingStack();
    home = (await tailnetAddresses("home")).ipv4;
  });

  it("cannot hold the lock that a run waits for", async () => {
    await up();
    const hold = (file: string) =>
      `setpriv --reuid nobody --clear-groups flock --nonblock ${file} true && echo held || echo refused`;
    const locks = "for file in $(find /run -xdev -name '*lock' -path '*mynodeone*'); do echo $file; done";
    const found = (await onConsole("home", locks)).split("\n").filter((line) => line !== "");
    expect(found).not.to.be.empty;
    for (const file of found) expect(await onConsole("home", hold(file)), file).to.equal("refused");
    const own = "/tmp/own.lock";
    await onConsole("home", `install -o nobody /dev/null ${own}`);
    expect(await onConsole("home", hold(own)), "the control").to.equal("held");
    await onConsole("home", `rm ${own}`);
    await standingStack();
  });

  for (const [what, name] of Object.entries(names)) {
    it(`is reported as a stranger with its process if it takes a proxy's port under a name ${what}`, async () => {
      const program = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0); setsockopt($s, SOL_IP, 15, 1); $0 = "${name.replaceAll('"', '\\"')}";
        bind($s, sockaddr_in(${port}, inet_aton("${home}"))) or die; listen($s, 1); sleep 300;`;
      const pid = await listenAs(["setpriv", "--reuid", "nobody", "--clear-groups", "perl", "-e", program]);
      try {
        const failure = await failureOf(up());
        expect(failure)
          .to.contain(`port ${port} is taken by`)
          .and.contain(`(process ${pid}) on ${home}:${port}`);
        expect(failure).not.to.match(/[^\P{Cc}\n]/u);
        expect(failure).not.to.match(/^\W*Run: /m);
      } finally {
        await onConsole("home", `kill ${pid}`);
      }
    });
  }

  it("cannot impersonate the proxy by a user unit with the same name", async () => {
    const unit = `[Service]\nExecStart=/usr/bin/socat TCP4-LISTEN:${port},bind=${home},fork OPEN:/dev/null\n`;
    const file = ".config/systemd/user/page-proxy.service";
    await ssh("home", `mkdir -p .config/systemd/user && cat > ${file}`, { input: unit });
    // The user's own systemd keeps running after the session.
    await ssh("home", "sudo loginctl enable-linger deploy && systemctl --user start page-proxy");
    try {
      await poll(() => onConsole("home", `ss -Hltn 'sport = :${port}' | grep .`), {
        what: "it to listen",
        timeout: 20_000,
      });
      expect(await failureOf(up())).to.contain(`port ${port} is taken by socat`);
    } finally {
      await ssh(
        "home",
        "systemctl --user stop page-proxy; rm -r .config/systemd; sudo loginctl disable-linger deploy",
      );
    }
  });

  /** The id of the process on the home, once it listens. */
  async function listenAs(argv: string[]): Promise<string> {
    const quoted = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    await onConsole("home", `systemd-run --quiet --collect --unit=listener ${quoted}`);
    const pid = () =>
      onConsole("home", `ss -Hltn 'sport = :${port}' | grep -q . && systemctl show -P MainPID listener`);
    return poll(pid, { what: "it to listen", timeout: 20_000 });
  }
});
