import { expect } from "chai";
import { runStack } from "../../lab/operator.ts";
import { ssh } from "../../lab/run.ts";
import { labConfig, type LabConfig } from "../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../lab/tailnet.ts";
import { converse, type Conversation } from "./conversation.ts";
import { changesBetween, takeFootprint } from "./footprint.ts";
import { ask, askUntil, curlExit, refusal } from "./outside.ts";

const unit = (app: string) => [
  `~ home file /etc/systemd/system/${app}-proxy.service`,
  `~ home unit ${app}-proxy.service`,
];

describe("a change of the config", function () {
  /** Changed by one test after the other: each adds its own change to those before. */
  let config: LabConfig;
  let photos: Conversation;
  let letIn: string;

  before(async () => {
    config = labConfig();
    await runStack({ operation: "up" });
    await askUntil("https://photos.lab.test/get", 200);
    await askUntil("https://vault.lab.test/get", 200);
    photos = await converse("wss://photos.lab.test/websocket/echo");
    const [vps, home] = [await tailnetAddresses("vps"), await tailnetAddresses("home")];
    letIn = `allow in on tailscale0 from ${vps.ipv4} to ${home.ipv4}`;
  });

  after(async () => {
    await photos.close();
    await runStack({ operation: "up" });
  });

  /** What is another on the hosts and in DNS once it is up. */
  async function changesOf(edit: (config: LabConfig) => void): Promise<string[]> {
    const before = await takeFootprint();
    edit(config);
    await runStack({ operation: "up", config });
    return changesBetween(before, await takeFootprint());
  }

  const vault = (options: object) => (all: LabConfig) => {
    const apps = all["mynodeone:apps"];
    apps.vaultwarden = { ...apps.vaultwarden, ...options };
  };

  it("of a proxy's port is one unit, its limits, its lines and its route", async () => {
    const changes = await changesOf(vault({ proxyPort: 8090 }));
    expect(changes).to.have.members([
      ...unit("vaultwarden"),
      "~ home file /etc/mynodeone/vaultwarden-proxy.nft",
      "~ home file /home/deploy/.mynodeone/proxy-ports.env",
      `+ home rule ${letIn} port 8090 proto tcp comment 'mynodeone vaultwarden'`,
      `- home rule ${letIn} port 8082 proto tcp comment 'mynodeone vaultwarden'`,
      "~ vps file /etc/traefik/dynamic/vault.lab.test.yaml",
    ]);
    expect((await ask("https://vault.lab.test/get")).status).to.equal(200);
    await photos.say("still here");
  });

  it("of a subdomain is a new route and record before the old ones go", async () => {
    const [old, moved] = ["https://vault.lab.test/get", "https://safe.lab.test/get"];
    let ended = false;
    /** Asks the old name until it gives no answer; returns what the new one says then. */
    const watch = async () => {
      while (!ended) {
        const answer = await ask(old).catch(() => undefined);
        if (answer?.status !== 200) return (await ask(moved)).status;
      }
      return "the old name is still there";
    };
    const watched = watch();
    const changes = await changesOf(vault({ subdomain: "safe" })).finally(() => (ended = true));
    expect(await watched).to.equal(200);
    expect(changes).to.have.members([
      "+ vps file /etc/traefik/dynamic/safe.lab.test.yaml",
      "- vps file /etc/traefik/dynamic/vault.lab.test.yaml",
      "+ record safe.lab.test",
      "- record vault.lab.test",
      "~ home file /home/deploy/.mynodeone/proxy-urls.env",
    ]);
    expect(await refusal(old)).to.equal(curlExit.unresolved);
    await photos.say("still here");
  });

  it("of a chart's values is nothing on the hosts", async () => {
    expect(await changesOf(vault({ values: { strategy: { type: "Recreate" } } }))).to.deep.equal([]);
    await askUntil("https://safe.lab.test/get", 200);
  });

  it("of an app's port with another's is no port with two owners, and done in one go", async () => {
    const changes = await changesOf((all) => {
      const apps = all["mynodeone:apps"];
      apps.immich = { ...apps.immich, proxyPort: 8090 };
      apps.vaultwarden = { ...apps.vaultwarden, proxyPort: 8080 };
    });
    expect(changes.filter((one) => !one.includes(" rule "))).to.have.members([
      ...unit("immich"),
      ...unit("vaultwarden"),
      "~ home file /etc/mynodeone/immich-proxy.nft",
      "~ home file /etc/mynodeone/vaultwarden-proxy.nft",
      "~ home file /home/deploy/.mynodeone/proxy-ports.env",
      "~ vps file /etc/traefik/dynamic/photos.lab.test.yaml",
      "~ vps file /etc/traefik/dynamic/safe.lab.test.yaml",
    ]);
    const ruleOf = (app: string, port: number) =>
      `home rule ${letIn} port ${port} proto tcp comment 'mynodeone ${app}'`;
    expect(changes.filter((one) => one.includes(" rule "))).to.have.members([
      `- ${ruleOf("immich", 8080)}`,
      `+ ${ruleOf("immich", 8090)}`,
      `- ${ruleOf("vaultwarden", 8090)}`,
      `+ ${ruleOf("vaultwarden", 8080)}`,
    ]);
    for (const [url, app, other] of [
      ["https://photos.lab.test/get", "immich", "https://safe.lab.test/get"],
      ["https://safe.lab.test/get", "vaultwarden", "https://photos.lab.test/get"],
    ] as const) {
      await ssh("home", `sudo systemctl stop ${app}-proxy`);
      await askUntil(url, 502);
      expect((await ask(other)).status).to.equal(200);
      await ssh("home", `sudo systemctl start ${app}-proxy`);
      await askUntil(url, 200);
    }
  });

  it("of an app's name is another unit on its port and the same route and record", async () => {
    photos = await converse("wss://photos.lab.test/websocket/echo");
    const changes = await changesOf((all) => {
      const { immich, vaultwarden } = all["mynodeone:apps"];
      const service = { namespace: "safe", name: "safe", port: 80 };
      all["mynodeone:apps"] = { ...(immich ? { immich } : {}), safe: { ...vaultwarden, service } };
    });
    expect(changes).to.include.members([
      "+ home file /etc/systemd/system/safe-proxy.service",
      "- home file /etc/systemd/system/vaultwarden-proxy.service",
      "~ vps file /etc/traefik/dynamic/safe.lab.test.yaml",
    ]);
    expect(changes.filter((one) => one.includes(" rule ") || one.includes(" record "))).to.have.members([
      `+ home rule ${letIn} port 8080 proto tcp comment 'mynodeone safe'`,
      `- home rule ${letIn} port 8080 proto tcp comment 'mynodeone vaultwarden'`,
    ]);
    await askUntil("https://safe.lab.test/get", 200);
    await photos.say("still here");
  });

  it("of the authority's contact restarts Traefik, and nothing else", async () => {
    const changes = await changesOf((all) => (all["mynodeone:acme"].email = "other@lab.test"));
    expect(changes).to.have.members(["~ vps file /etc/traefik/traefik.yaml", "~ vps unit traefik.service"]);
  });
});
