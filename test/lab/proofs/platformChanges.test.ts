import { expect } from "chai";
import { hostKey, rememberHostKeys } from "../../../lab/machines.ts";
import { runStack } from "../../../lab/operator.ts";
import { ssh, type HostName } from "../../../lab/run.ts";
import { labConfig, type LabConfig } from "../../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../../lab/tailnet.ts";
import { hosts, kubernetes } from "../../../lab/topology.ts";
import { converse, type Conversation } from "../conversation.ts";
import { failureOf } from "../failure.ts";
import { changesOfRun, takeFootprint } from "../footprint.ts";
import { askUntil, untilUnknown } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const photosUrl = "https://photos.lab.test/get";
const vaultUrl = "https://vault.lab.test/get";
const vaultRoute = "/etc/traefik/dynamic/vault.lab.test.yaml";
/** Another account of both hosts, with the same key. */
const account = "keeper";
const more = "10.99.0.0/16";

describe("changing the platform's config", function () {
  /** Each test adds its own change to the previous ones. */
  let config: LabConfig;
  let photos: Conversation;
  let addresses: { vps: string; home: string };

  before(async () => {
    config = labConfig();
    await standingStack();
    await Promise.all([askUntil(photosUrl, 200), askUntil(vaultUrl, 200)]);
    await Promise.all([addAccount("home"), addAccount("vps")]);
    const [vps, home] = [await tailnetAddresses("vps"), await tailnetAddresses("home")];
    addresses = { vps: vps.ipv4, home: home.ipv4 };
    photos = await converse("wss://photos.lab.test/websocket/echo");
  });

  after(async () => {
    await photos.close();
    await standingStack();
    for (const host of ["home", "vps"] as const) {
      await ssh(host, `sudo userdel --remove ${account}; sudo rm -f /etc/sudoers.d/${account}`);
    }
  });

  /** Everything that changes on the hosts and in DNS through an `up`. */
  async function changesOf(edit: (config: LabConfig) => void): Promise<string[]> {
    const before = await takeFootprint();
    edit(config);
    await runStack({ operation: "up", config });
    return changesOfRun(before, await takeFootprint());
  }

  const setVault = (options: object) => {
    const apps = config["mynodeone:apps"];
    apps.vaultwarden = { ...apps.vaultwarden, ...options };
  };

  const vaultRule = (client: string) =>
    `home rule allow in on tailscale0 from ${client} to ${addresses.home} port 8082 proto tcp comment 'mynodeone vaultwarden'`;

  const vaultClients = [
    "~ home file /etc/systemd/system/vaultwarden-proxy.socket",
    "~ home file /etc/mynodeone/vaultwarden-proxy.nft",
    "~ home table inet mynodeone_vaultwarden",
  ];

  const vaultProxy = [
    "~ home file /etc/systemd/system/vaultwarden-proxy.service",
    "~ home unit vaultwarden-proxy.service",
  ];

  it("to values that were looked up before changes nothing; internet: false closes only that app", async () => {
    const changes = await changesOf(({ "mynodeone:edges": [edge], "mynodeone:controlPlane": home }) => {
      config["mynodeone:clusterDns"] = kubernetes.clusterDns;
      if (edge) edge.tailnetIp = addresses.vps;
      home.tailnetIp = addresses.home;
      setVault({ internet: false });
    });
    expect(changes).to.have.members([
      ...vaultClients,
      "- home file /etc/mynodeone/vaultwarden-proxy.published",
      "~ home table inet mynodeone-edges",
      "~ home file /home/deploy/.mynodeone/proxy-urls.env",
      `- ${vaultRule(addresses.vps)}`,
      `+ ${vaultRule("100.64.0.0/10")}`,
      `- vps file ${vaultRoute}`,
      "- record vault.lab.test 198.51.100.10",
    ]);
    await untilUnknown(vaultUrl);
    await photos.say("still here");
  });

  it("of the SSH user moves the env files and restarts nothing", async () => {
    const changes = await changesOf(({ "mynodeone:edges": [edge], "mynodeone:controlPlane": home }) => {
      for (const host of [edge, home]) if (host) host.ssh.user = account;
    });
    expect(changes).to.have.members(
      ["proxy-ports.env", "proxy-urls.env"].flatMap((name) => [
        `- home file /home/deploy/.mynodeone/${name}`,
        `+ home file /home/${account}/.mynodeone/${name}`,
      ]),
    );
    await photos.say("still here");
  });

  it("of a host key is refused until the new key is pinned, and then does not affect the host", async () => {
    await giveNewHostKey("vps");
    setVault({ internet: true, rateLimit: { average: 100, burst: 200 } });
    const before = await takeFootprint();
    expect(await failureOf(runStack({ operation: "up", config }))).to.include(
      `ssh.hostKey does not match the key of ${hosts.vps.address}:22`,
    );
    expect(changesOfRun(before, await takeFootprint())).to.be.empty;
    const changes = await changesOf(({ "mynodeone:edges": [edge] }) => {
      if (edge) edge.ssh.hostKey = hostKey("vps");
      setVault({ internet: false, rateLimit: undefined });
    });
    expect(changes).to.be.empty;
    await photos.say("still here");
  });

  it("of the cluster's networks restarts the proxies; of the ACME challenge restarts Traefik", async () => {
    const changes = await changesOf(() => {
      config["mynodeone:clusterCidrs"] = [kubernetes.podCidr, kubernetes.serviceCidr, more];
      config["mynodeone:controlPlane"].ssh.user = "deploy";
      config["mynodeone:acme"].challenge = "dns-01";
      setVault({ internet: true });
    });
    const rule = (text: string) => `+ home rule ${text} ${more} comment 'mynodeone:control-plane'`;
    expect(changes).to.have.members([
      ...vaultClients,
      ...vaultProxy,
      "+ home file /etc/mynodeone/vaultwarden-proxy.published",
      "~ home table inet mynodeone-edges",
      "~ home file /etc/mynodeone/mynodeone-cluster.nft",
      "~ home table inet mynodeone-cluster",
      "~ home file /etc/systemd/system/immich-proxy.service",
      "~ home unit immich-proxy.service",
      ...["allow from", "route allow from", "route allow to"].map(rule),
      `+ ${vaultRule(addresses.vps)}`,
      `- ${vaultRule("100.64.0.0/10")}`,
      ...["proxy-ports.env", "proxy-urls.env"].flatMap((name) => [
        `+ home file /home/deploy/.mynodeone/${name}`,
        `- home file /home/${account}/.mynodeone/${name}`,
      ]),
      "+ vps file /etc/traefik/traefik.env",
      "~ vps file /etc/traefik/traefik.yaml",
      "~ vps unit traefik.service",
      `+ vps file ${vaultRoute}`,
      "+ record vault.lab.test 198.51.100.10",
    ]);
    await Promise.all([askUntil(photosUrl, 200), askUntil(vaultUrl, 200)]);
    // The control: connected clients notice a restart of Traefik, but not one of a proxy.
    expect(await photos.say("still here").catch(String)).to.contain("was cut");
    photos = await converse("wss://photos.lab.test/websocket/echo");
  });

  it("of an app to proxy: false removes its whole path, and does not affect other apps", async () => {
    const changes = await changesOf(() => {
      setVault({ internet: false, proxy: false, proxyPort: undefined });
    });
    expect(changes).to.have.members([
      "- home file /etc/systemd/system/vaultwarden-proxy.socket",
      "- home file /etc/systemd/system/sockets.target.wants/vaultwarden-proxy.socket",
      "- home unit vaultwarden-proxy.socket",
      "- home file /etc/systemd/system/vaultwarden-proxy.service",
      "- home file /etc/systemd/system/multi-user.target.wants/vaultwarden-proxy.service",
      "- home unit vaultwarden-proxy.service",
      "- home file /etc/mynodeone/vaultwarden-proxy.nft",
      "- home table inet mynodeone_vaultwarden",
      "- home file /etc/mynodeone/vaultwarden-proxy.published",
      "~ home table inet mynodeone-edges",
      ...["proxy-ports.env", "proxy-urls.env"].map((name) => `~ home file /home/deploy/.mynodeone/${name}`),
      `- ${vaultRule(addresses.vps)}`,
      `- vps file ${vaultRoute}`,
      "- record vault.lab.test 198.51.100.10",
    ]);
    await photos.say("still here");
  });
});

async function addAccount(host: HostName): Promise<void> {
  await ssh(host, `sudo sh -eu`, {
    input: `
        useradd --create-home --shell /bin/bash --password '*' ${account}
        cp -r /home/deploy/.ssh /home/${account}/
        chown -R ${account}: /home/${account}/.ssh
        echo '${account} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/${account}`,
  });
}

/** Replaces the host key, as a new installation would. */
async function giveNewHostKey(host: HostName): Promise<void> {
  await ssh(host, "sudo sh -eu", {
    input: `
        cd /etc/ssh
        rm ssh_host_ed25519_key ssh_host_ed25519_key.pub
        ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key
        systemctl restart ssh`,
  });
  rememberHostKeys();
}
