import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { insideNetwork, ssh, type HostName } from "../../../lab/run.ts";
import type { StackRequest } from "../../../lab/stack.ts";
import { declaredApps, labConfig } from "../../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../../lab/tailnet.ts";
import { domain } from "../../../lab/topology.ts";
import { mintTailscaleClient, setTailnetPolicy, tailnetPolicyText } from "../../../lab/vendors.ts";
import { errorsOf, takeFullSnapshot } from "../refusal.ts";
import { askUntil } from "../outside.ts";
import { scan, type Findings } from "../scan.ts";
import { standingStack } from "../standingStack.ts";
import { awaitPaths, openAtHome, published, tailnetOnly, type HomeAddresses } from "../vantagePoints.ts";

const kubelet = 10250;
const kubeProxy = 10256;
const homePorts = [...openAtHome, kubelet, kubeProxy, published, 8081, tailnetOnly, 8100];
/** Listening ports of a Kubernetes node with an app on the internet and one in the tailnet. */
const listening = [...openAtHome, kubelet, kubeProxy, published, tailnetOnly];
/** A port on which programs of other devices listen. */
const devicePort = 9999;

type Mode = "compare" | "manage";

/** The declared stack, with the tailnet's policy compared or managed by an OAuth client of just these scopes. */
function withPolicy(mode: Mode, scopes: string[], apps = oneOfEach()): Omit<StackRequest, "operation"> {
  const config = labConfig();
  config["mynodeone:tailnetPolicy"] = mode;
  config["mynodeone:apps"] = apps;
  const client = mintTailscaleClient(["devices:core:read", ...scopes]);
  config["tailscale:oauthClientId"] = client.id;
  return { config, secrets: { "tailscale:apiKey": null, "tailscale:oauthClientSecret": client.secret } };
}

function oneOfEach() {
  const { immich, vaultwarden } = declaredApps();
  return { immich: { ...immich }, vaultwarden: { ...vaultwarden, internet: false } };
}

/** The ports of the home and the phone that are open to a device of the tailnet. */
async function view(from: HostName, home: HomeAddresses, phone: string): Promise<Findings> {
  return {
    ...(await scan(from, [home.ipv4, home.ipv6], homePorts)),
    ...(await scan(from, [phone], [devicePort])),
  };
}

describe("the tailnet's policy", () => {
  let home: HomeAddresses;
  let phone: string;
  let listener: ChildProcess;
  let former: string;

  const sees = async (from: HostName, wanted: Findings) =>
    poll(async () => expect(await view(from, home, phone)).to.deep.equal(wanted), {
      what: `what ${from} reaches over the tailnet`,
      timeout: 90_000,
      interval: 1000,
    });
  const everything = () => ({
    [home.ipv4]: listening,
    [home.ipv6]: listening.slice(0, 4),
    [phone]: [devicePort],
  });

  before(
    "set up an app on the internet, one in the tailnet, and a home without its own firewall",
    async function () {
      this.timeout(600_000);
      former = await tailnetPolicyText();
      home = await tailnetAddresses("home");
      phone = (await tailnetAddresses("phone")).ipv4;
      const [command, args] = insideNetwork("phone", [
        process.execPath,
        "-e",
        `require("net").createServer((socket) => socket.end()).listen(${devicePort})`,
      ]);
      listener = spawn(command, args, { stdio: "ignore" });
      await runStack({ operation: "up", apps: oneOfEach() });
      await awaitPaths(home);
      await withoutHomesTables();
    },
  );

  after(async () => {
    listener.kill();
    await setTailnetPolicy("");
    await ssh("home", "sudo rm -rf /run/systemd/system.control && sudo systemctl daemon-reload");
    // Restores what was removed at home by hand.
    await runStack({ operation: "destroy" });
    await standingStack();
  });

  it("that gives an edge full access is reported by compare, with the rule to write, and not changed", async () => {
    await sees("vps", everything());
    const before = await takeFullSnapshot();
    const output: string[] = [];
    await runStack({ operation: "preview", ...withPolicy("compare", ["policy_file:read"]) }, (text) =>
      output.push(text),
    );
    const text = output.join("").replaceAll(/\s+/g, " ");
    expect(text).to.contain("lets edge reach more than the apps on the internet, by acls[0]");
    const vps = await tailnetAddresses("vps");
    expect(text).to.contain(`"src": ["${vps.ipv4}"], "dst": ["${home.ipv4}:${published}"]`);
    expect(await takeFullSnapshot()).to.deep.equal(before);
    expect(await tailnetPolicyText()).to.equal(former);
  });

  it("is neither read nor written by an OAuth client without the scope, which the message names", async () => {
    for (const [mode, scopes, wanted] of [
      ["compare", [], "policy_file:read"],
      ["manage", [], "policy_file"],
    ] as const) {
      const { errors } = await errorsOf({ operation: "preview", ...withPolicy(mode, [...scopes]) });
      expect(errors.join("\n")).to.contain(
        `tailscale:oauthClientId is not allowed to read the tailnet's policy`,
      );
      expect(errors.join("\n")).to.contain(`the scope ${wanted},`);
    }
  });

  it("of the owner is not replaced by manage, and nothing changes", async () => {
    const own = `{
  // Mine.
  "groups": { "group:us": ["lab@"] },
  "acls": [{ "action": "accept", "src": ["*"], "dst": ["*:*"] }],
}
`;
    await setTailnetPolicy(own);
    try {
      const before = await takeFullSnapshot();
      const { errors } = await errorsOf({ operation: "up", ...withPolicy("manage", ["policy_file"]) });
      expect(errors.join("\n")).to.contain(
        "mynodeone:tailnetPolicy: manage replaces only Tailscale's default policy",
      );
      expect(await takeFullSnapshot()).to.deep.equal(before);
      expect(await tailnetPolicyText()).to.equal(own);
    } finally {
      await setTailnetPolicy("");
    }
  });

  it("with manage gives an edge only the proxies of public apps, and keeps the access of other devices", async () => {
    await runStack({ operation: "up", ...withPolicy("manage", ["policy_file"]) });
    await withoutHomesTables();
    await sees("vps", { [home.ipv4]: [published], [home.ipv6]: [], [phone]: [] });
    await sees("phone", everything());
    await askUntil(`https://photos.${domain}/get`, 200);
    const { changes } = await runStack({ operation: "up", ...withPolicy("manage", ["policy_file"]) });
    expect(changes, "a second run").to.have.all.keys("same");
  });

  it("with manage changes with the apps", async () => {
    const apps = oneOfEach();
    const moved = { ...apps, vaultwarden: { ...apps.vaultwarden, internet: true } };
    await runStack({ operation: "up", ...withPolicy("manage", ["policy_file"], moved) });
    await withoutHomesTables();
    await sees("vps", { [home.ipv4]: [published, tailnetOnly], [home.ipv6]: [], [phone]: [] });
    await askUntil(`https://vault.${domain}/get`, 200);
  });

  it("edited by its owner since the last run is not overwritten", async () => {
    const managed = await tailnetPolicyText();
    const edited = managed.replace('"*:*"', '"*:22"');
    expect(edited).not.to.equal(managed);
    await setTailnetPolicy(edited);
    try {
      for (const refresh of [false, true]) {
        const request = { operation: "up", refresh, ...withPolicy("manage", ["policy_file"]) } as const;
        const { errors } = await errorsOf(request);
        expect(errors.join("\n")).to.contain("manage replaces only Tailscale's default policy");
        expect(await tailnetPolicyText()).to.equal(edited);
      }
    } finally {
      await setTailnetPolicy(managed);
    }
  });

  it("is restored exactly once manage is removed, and an edge reaches everything (the control)", async () => {
    await runStack({ operation: "up", apps: oneOfEach() });
    expect(await tailnetPolicyText()).to.equal(former);
    await withoutHomesTables();
    await sees("vps", everything());
  });

  it("is restored exactly after a destroy", async () => {
    await runStack({ operation: "up", ...withPolicy("manage", ["policy_file"]) });
    expect(await tailnetPolicyText()).not.to.equal(former);
    await runStack({ operation: "destroy" });
    expect(await tailnetPolicyText()).to.equal(former);
  });
});

/** Removes all other barriers for an edge: tables on both hosts, UFW, and the proxies' address filters. */
async function withoutHomesTables(): Promise<void> {
  for (const host of ["home", "vps"] as const) {
    await ssh(host, "sudo systemctl stop mynodeone-firewall");
    const tables = await ssh(host, "sudo nft list tables | grep -o 'inet mynodeone.*' || true");
    for (const table of tables.split("\n").filter(Boolean)) await ssh(host, `sudo nft delete table ${table}`);
  }
  const units = ["immich", "vaultwarden"].flatMap((app) => [`${app}-proxy.socket`, `${app}-proxy.service`]);
  for (const unit of units)
    await ssh("home", `sudo systemctl set-property --runtime ${unit} IPAddressAllow=any`);
  await ssh("home", "sudo ufw disable");
}
