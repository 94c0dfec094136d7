import { expect } from "chai";
import { poll } from "../../../lab/poll.ts";
import { rebootMachine } from "../../../lab/reboot.ts";
import { ssh } from "../../../lab/run.ts";
import { tailnetAddresses } from "../../../lab/tailnet.ts";
import { askUntil } from "../outside.ts";
import { scan } from "../scan.ts";
import { traefikUser } from "../vantagePoints.ts";
import { standingStack } from "../standingStack.ts";

/* Other programs of the home change files and tables that a proxy depends on. */

const unit = "immich-proxy";
const port = 8080;
let home: string;

/** A new connection from the edge, whose table allows root one from a privileged port. */
async function newConnection(): Promise<string> {
  const ask =
    "sudo curl --local-port 600-1007 --silent --max-time 10 --output /dev/null --write-out '%{http_code}'";
  return ssh("vps", `${ask} http://${home}:${port}/get`, { reject: false });
}

async function restarted(): Promise<void> {
  await ssh("home", `sudo systemctl restart ${unit}`);
}

describe("a proxy of the home", () => {
  before(async () => {
    await standingStack();
    ({ ipv4: home } = await tailnetAddresses("home"));
    await askUntil("https://photos.lab.test/get", 200);
  });

  describe("answers a new connection, and another one after its restart,", () => {
    const changes = {
      "when /etc/resolv.conf is replaced by another file":
        "cp /etc/resolv.conf /etc/resolv.new && mv /etc/resolv.new /etc/resolv.conf",
      "when /etc/resolv.conf becomes a link into /run":
        "cp /etc/resolv.conf /run/stub.conf && ln -s /run/stub.conf /etc/resolv.new && mv /etc/resolv.new /etc/resolv.conf",
      "when /etc/resolv.conf is a link to nothing":
        "ln -s /run/nothing.conf /etc/resolv.new && mv /etc/resolv.new /etc/resolv.conf",
      "when /etc/resolv.conf is missing": "rm /etc/resolv.conf",
      "when /etc/nsswitch.conf asks other services for hosts":
        "sed -i 's/^hosts:.*/hosts: files mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns/' /etc/nsswitch.conf",
      "when the host has a search domain":
        "printf 'search lab.test\\nnameserver 192.0.2.53\\noptions ndots:9\\n' > /etc/resolv.conf",
    };

    beforeEach(() => ssh("home", "sudo cp -a /etc/resolv.conf /etc/nsswitch.conf /root/"));
    afterEach(async () => {
      await ssh("home", "sudo mv /root/resolv.conf /root/nsswitch.conf /etc/ && sudo rm -f /run/stub.conf");
      await restarted();
    });

    for (const [what, change] of Object.entries(changes)) {
      it(what, async () => {
        await ssh("home", `sudo sh -euc ${quoted(change)}`);
        expect(await newConnection()).to.equal("200");
        await restarted();
        expect(await newConnection(), "after the restart").to.equal("200");
      });
    }

    it("but not if a file is mounted over the host's own (the control)", async () => {
      const dropIn = `/run/systemd/system/${unit}.service.d`;
      const mounted = "[Service]\\nTemporaryFileSystem=\\n";
      await ssh("home", `sudo mkdir -p ${dropIn} && printf '${mounted}' | sudo tee ${dropIn}/mounted.conf`);
      await ssh("home", "sudo systemctl daemon-reload");
      try {
        await restarted();
        expect(await newConnection()).to.equal("200");
        await ssh("home", `sudo sh -euc ${quoted(Object.values(changes)[0] ?? "")}`);
        expect(await newConnection()).not.to.equal("200");
      } finally {
        await ssh("home", `sudo rm -r ${dropIn} && sudo systemctl daemon-reload`);
      }
    });
  });

  describe("gets its nftables table back", () => {
    const removal = "nft delete table inet mynodeone_immich";

    // A flush also removes all other tables of the kernel; a reboot restores them.
    after(async () => {
      await rebootMachine("home");
      await askUntil("https://photos.lab.test/get", 200);
    });

    const removals = {
      "after another program has deleted it": removal,
      "after nft flush ruleset": "nft flush ruleset",
      "after nftables.service has started, which flushes": "systemctl start nftables",
      "after systemctl reload nftables": "systemctl reload nftables",
      "after systemctl restart nftables": "systemctl restart nftables",
      "after systemctl stop nftables": "systemctl stop nftables",
    };
    for (const [what, remove] of Object.entries(removals)) {
      it(what, async () => {
        const before = await tableHandle();
        await ssh("home", `sudo ${remove}`);
        await poll(
          async () =>
            expect(await tableHandle())
              .to.match(/^\d+$/)
              .and.not.equal(before),
          { what: "another table of the same name", timeout: 20_000 },
        );
        expect(await scan("phone", [home], [port])).to.deep.equal({ [home]: [] });
        expect(await scan("vps", [home], [port], await traefikUser())).to.deep.equal({ [home]: [port] });
      });
    }

    it("only from the firewall unit (the control); without it, the proxy's unit still refuses others", async () => {
      await ssh("home", "sudo systemctl stop mynodeone-firewall");
      await ssh("home", `sudo ${removal}`);
      try {
        expect(await scan("phone", [home], [port])).to.deep.equal({ [home]: [] });
        expect(await tableHandle()).to.equal("");
      } finally {
        await ssh("home", "sudo systemctl start mynodeone-firewall");
      }
      await poll(async () => expect(await tableHandle()).to.match(/^\d+$/), {
        what: "the table, after the unit has looked for what happened before it started",
        timeout: 20_000,
      });
      expect(await scan("phone", [home], [port])).to.deep.equal({ [home]: [] });
    });

    it("but not when its port is closed", async () => {
      await ssh(
        "home",
        `sudo systemctl stop ${unit}.socket && sudo nft delete table inet mynodeone_vaultwarden`,
      );
      await poll(() => ssh("home", "sudo nft list tables | grep -x 'table inet mynodeone_vaultwarden'"), {
        what: "the other proxy's table",
        timeout: 20_000,
      });
      expect(await tableHandle()).to.equal("");
    });
  });
});

/** The kernel's number of the table; empty if there is none. */
function tableHandle(): Promise<string> {
  const list = "sudo nft -a list table inet mynodeone_immich 2>/dev/null";
  return ssh("home", `${list} | sed -n '1s/.*# handle //p'`);
}

function quoted(script: string): string {
  return `'${script.replaceAll("'", `'\\''`)}'`;
}
