import { expect } from "chai";
import { traefikDownload } from "../../../lab/internet.ts";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import { ssh } from "../../../lab/run.ts";
import { labConfig, type AppOptions, type LabConfig } from "../../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../../lab/tailnet.ts";
import { domain, hosts, services } from "../../../lab/topology.ts";
import { zoneId } from "../../../lab/services/cloudflare/zone.ts";
import {
  letInAnotherKey,
  makeOtherWays,
  otherWays,
  removeOtherWays,
  repackTraefik,
} from "../alternatives.ts";
import { askWhile } from "../asker.ts";
import { converse, type Conversation } from "../conversation.ts";
import { changesOfRun, takeFootprint, type Footprint } from "../footprint.ts";
import { ask, askUntil, curlExit, untilUnknown } from "../outside.ts";
import { standingStack } from "../standingStack.ts";
import { users } from "../apps.ts";
import { helmRevisions } from "../labSnapshot.ts";

const photosUrl = `https://photos.${domain}/get`;
/** Two more apps that use a declared app's Service. */
const service = { namespace: "vaultwarden", name: "vaultwarden" };
const own = (options: AppOptions): AppOptions => ({ internet: true, service, ...options });

describe("changing the config", function () {
  /** Each test adds its own change to the previous ones. */
  let config: LabConfig;
  let apps: LabConfig["mynodeone:apps"];
  let photos: Conversation;
  let letIn: string;
  const secrets: Record<string, string> = { "mynodeone:basicAuthUsers": users.ann.line };

  before(async () => {
    config = labConfig();
    apps = config["mynodeone:apps"];
    apps.one = own({ proxyPort: 8090 });
    apps.two = own({ proxyPort: 8091 });
    // The Service has to exist before the apps whose lookups need it.
    await standingStack();
    await makeOtherWays();
    await runStack({ operation: "up", config });
    for (const name of ["photos", "one", "two"]) await askUntil(`https://${name}.${domain}/get`, 200);
    photos = await converse(`wss://photos.${domain}/websocket/echo`);
    const [vps, home] = [await tailnetAddresses("vps"), await tailnetAddresses("home")];
    letIn = `allow in on tailscale0 from ${vps.ipv4} to ${home.ipv4}`;
  });

  after(async () => {
    await photos.close();
    await standingStack();
    await removeOtherWays();
  });

  /** Everything that changes on the hosts and in the zone through an `up`. */
  async function changesOf(edit: () => void): Promise<string[]> {
    const before = await takeFootprint();
    edit();
    await runStack({ operation: "up", config, secrets });
    return changesOfRun(before, await takeFootprint());
  }

  /** The same, while one client requests Immich and another has an open websocket to it: neither is interrupted. */
  async function changesOfAnother(edit: () => void): Promise<string[]> {
    let changes: string[] = [];
    const seen = await askWhile([photosUrl], async () => {
      changes = await changesOf(edit);
    });
    expect(seen[photosUrl]).to.deep.include({ failures: [], connections: 1 });
    await photos.say("still here");
    return changes;
  }

  const rule = (app: string, port: number) =>
    `home rule ${letIn} port ${port} proto tcp comment 'mynodeone ${app}'`;

  it("of a proxy port changes only its unit, firewall, env line and route", async () => {
    const changes = await changesOfAnother(() => (apps.one = own({ proxyPort: 8095 })));
    expect(changes).to.have.members([
      ...socket("one"),
      "~ home file /etc/mynodeone/one-proxy.nft",
      "~ home file /etc/mynodeone/one-proxy.published",
      "~ home table inet mynodeone_one",
      "~ home table inet mynodeone-edges",
      "~ home file /home/deploy/.mynodeone/proxy-ports.env",
      `- ${rule("one", 8090)}`,
      `+ ${rule("one", 8095)}`,
      `~ ${route("one")}`,
    ]);
    await askUntil(`https://one.${domain}/get`, 200);
  });

  it("of a subdomain creates the new route and record before it removes the old ones", async () => {
    const [old, moved] = [`https://one.${domain}/get`, `https://first.${domain}/get`];
    /** Whether the new name has its route as soon as the old one has disappeared; Traefik loads both within 2 s. */
    const afterwards = poll(
      async () => {
        const code = ({ exitCode }: { exitCode?: number }) => exitCode;
        const seen = await ask(old).then(({ status }) => status, code);
        if (seen !== 404 && seen !== curlExit.unresolved) throw new Error(`it still gives ${seen}`);
      },
      { what: `${old} to go`, timeout: 300_000, interval: 200 },
    ).then(() => ssh("vps", `sudo cat /etc/traefik/dynamic/first.${domain}.yaml`));
    const changes = await changesOfAnother(() => (apps.one = own({ proxyPort: 8095, subdomain: "first" })));
    expect(await afterwards).to.contain(`Host(\`first.${domain}\`)`);
    await askUntil(moved, 200);
    expect(changes).to.have.members([
      `+ ${route("first")}`,
      `- ${route("one")}`,
      `+ ${record("first")}`,
      `- ${record("one")}`,
      "~ home file /home/deploy/.mynodeone/proxy-urls.env",
    ]);
    await untilUnknown(old);
  });

  it("of a chart's values, or to a value that was looked up before, does not affect the hosts", async () => {
    const installed = (await helmRevisions()).length;
    const home = await tailnetAddresses("home");
    const changes = await changesOfAnother(() => {
      const { vaultwarden } = apps;
      const chart = { ...vaultwarden?.chart, name: vaultwarden?.chart?.name ?? "", timeout: 700 };
      apps.vaultwarden = { ...vaultwarden, chart, values: { strategy: { type: "Recreate" } } };
      config["mynodeone:timeZone"] = "Europe/Lisbon";
      config["mynodeone:zoneId"] = zoneId(domain);
      config["mynodeone:controlPlane"].tailnetIp = home.ipv4;
      for (const edge of config["mynodeone:edges"]) {
        edge.device = "vps.tail.lab.test";
        edge.ssh.host = edge.publicIp;
        edge.traefik = { ...traefikDownload(), url: `${traefikDownload().url}?again` };
      }
    });
    expect(changes).to.deep.equal([]);
    expect(await helmRevisions()).to.have.lengthOf(installed + 2);
  });

  it("of an app's Service changes only its unit", async () => {
    const changes = await changesOfAnother(
      () => (apps.one = own({ proxyPort: 8095, subdomain: "first", service: otherWays.service })),
    );
    expect(changes).to.have.members(unit("one"));
    expect((await ask(`https://first.${domain}/get`)).status).to.equal(200);
  });

  it("so that two apps swap proxy ports takes one run, and each port has one owner afterwards", async () => {
    const changes = await changesOfAnother(() => {
      apps.one = own({ proxyPort: 8091, subdomain: "first", service: otherWays.service });
      apps.two = own({ proxyPort: 8095 });
    });
    expect(changes).to.have.members([
      ...["one", "two"].flatMap((app) => [
        ...socket(app),
        `~ home file /etc/mynodeone/${app}-proxy.nft`,
        `~ home file /etc/mynodeone/${app}-proxy.published`,
        `~ home table inet mynodeone_${app}`,
      ]),
      "~ home file /home/deploy/.mynodeone/proxy-ports.env",
      `~ ${route("first")}`,
      `~ ${route("two")}`,
      `- ${rule("one", 8095)}`,
      `+ ${rule("one", 8091)}`,
      `- ${rule("two", 8091)}`,
      `+ ${rule("two", 8095)}`,
    ]);
    for (const [app, mine, others] of [
      ["one", "first", "two"],
      ["two", "two", "first"],
    ] as const) {
      await ssh("home", `sudo systemctl stop ${app}-proxy.socket`);
      await askUntil(`https://${mine}.${domain}/get`, 502);
      expect((await ask(`https://${others}.${domain}/get`)).status).to.equal(200);
      await ssh("home", `sudo systemctl start ${app}-proxy`);
      await askUntil(`https://${mine}.${domain}/get`, 200);
    }
  });

  it("of an app's name replaces its unit, and does not affect the VPS", async () => {
    const changes = await changesOfAnother(() => {
      delete apps.two;
      apps.second = own({ proxyPort: 8095, subdomain: "two" });
    });
    expect(changes).to.have.members([
      ...["+ home file", "- home file"].flatMap((change) => {
        const app = change.startsWith("+") ? "second" : "two";
        return [
          `${change} /etc/systemd/system/${app}-proxy.socket`,
          `${change} /etc/systemd/system/sockets.target.wants/${app}-proxy.socket`,
          `${change} /etc/systemd/system/${app}-proxy.service`,
          `${change} /etc/systemd/system/multi-user.target.wants/${app}-proxy.service`,
          `${change} /etc/mynodeone/${app}-proxy.nft`,
          `${change} /etc/mynodeone/${app}-proxy.published`,
        ];
      }),
      "+ home unit second-proxy.socket",
      "+ home unit second-proxy.service",
      "- home unit two-proxy.socket",
      "- home unit two-proxy.service",
      "+ home table inet mynodeone_second",
      "- home table inet mynodeone_two",
      "~ home file /home/deploy/.mynodeone/proxy-ports.env",
      "~ home file /home/deploy/.mynodeone/proxy-urls.env",
      `- ${rule("two", 8095)}`,
      `+ ${rule("second", 8095)}`,
    ]);
    expect((await ask(`https://two.${domain}/get`)).status).to.equal(200);
  });

  it("of an app's access options changes only its route and its users file", async () => {
    const guards = {
      allowFrom: ["0.0.0.0/0"],
      rateLimit: { average: 100 },
      middlewares: [{ compress: {} }],
      basicAuth: true,
    };
    const changes = await changesOfAnother(() => (apps.second = { ...apps.second, ...guards }));
    const files = changes.filter((one) => one.includes("/etc/traefik/users/"));
    expect(files).to.have.length(1);
    expect(files[0]).to.match(/^\+ vps file \/etc\/traefik\/users\/two\.lab\.test\/[0-9a-f]{32}$/);
    expect(changes).to.have.members([...files, `~ ${route("two")}`]);
    await askUntil(`https://two.${domain}/get`, 401);
  });

  it("of the hosts' names does not affect the hosts", async () => {
    const changes = await changesOfAnother(() => {
      for (const edge of config["mynodeone:edges"]) edge.name = "front";
      config["mynodeone:controlPlane"].name = "attic";
    });
    expect(changes).to.deep.equal([]);
  });

  it("of the hosts' addresses and SSH port changes only the records", async () => {
    const { sshPort, vps, home } = otherWays;
    const names = recordsOf(await takeFootprint());
    secrets["mynodeone:sshPrivateKey"] = await letInAnotherKey();
    const changes = await changesOfAnother(() => {
      for (const edge of config["mynodeone:edges"]) {
        edge.publicIp = vps;
        edge.ssh.port = sshPort;
      }
      config["mynodeone:controlPlane"].ssh.host = home;
    });
    expect(names).to.have.length(4);
    // The user has a rule for the new port, and a server still listens at the old one.
    expect(changes).to.have.members(
      names.flatMap((name) => [`- ${name}`, `+ ${name.replace(hosts.vps.address, vps)}`]),
    );
  });

  it("of Traefik's start-up settings restarts Traefik, and no proxy", async () => {
    const release = await repackTraefik();
    const changes = await changesOf(() => {
      const acme = config["mynodeone:acme"];
      acme.email = "other@lab.test";
      acme.server = `https://${services.acme.address}/dir`;
      acme.caCertificate = `${String(acme.caCertificate)}\n\n`;
      apps.one = { ...apps.one, cdn: true };
      for (const edge of config["mynodeone:edges"]) edge.traefik = release;
    });
    expect(changes).to.have.members([
      ...["traefik.yaml", "acme-ca.pem"].map((name) => `~ vps file /etc/traefik/${name}`),
      "~ vps file /etc/mynodeone/traefik.sha256",
      "~ vps unit traefik.service",
      // The CDN's connections have no limit.
      "~ vps file /etc/mynodeone/mynodeone-clients.nft",
      "~ vps table inet mynodeone-clients",
      // Each ACME server's certificates are stored in their own file.
      "~ vps file /etc/traefik/ask-again.sh",
      // With one app behind the CDN, every route distinguishes the CDN's requests.
      ...["photos", "vault", "first", "two"].map((label) => `~ ${route(label)}`),
      `~ ${record("first", otherWays.vps)}`,
    ]);
    for (const name of ["photos", "first"]) await askUntil(`https://${name}.${domain}/get`, 200);
    // The control: connected clients notice a restart of Traefik.
    expect(await photos.say("still here").catch(String)).to.contain("was cut");
  });

  it("of the domain changes every name; of the cluster's DNS restarts every proxy", async () => {
    const files = [...(await takeFootprint()).keys()];
    const usersFile = files.find((name) => name.includes("/traefik/users/")) ?? "";
    const changes = await changesOf(() => {
      config["mynodeone:domain"] = `deep.${domain}`;
      config["mynodeone:clusterDns"] = otherWays.clusterDns;
    });
    const moved = (what: string) => [`- ${what}`, `+ ${what.replace(`.${domain}`, `.deep.${domain}`)}`];
    expect(changes).to.have.members([
      ...["photos", "vault", "first", "two"].flatMap((label) => [
        ...moved(route(label)),
        ...moved(record(label, otherWays.vps)),
      ]),
      ...moved(usersFile),
      ...["immich", "vaultwarden", "one", "second"].flatMap(unit),
      "~ home file /etc/mynodeone/resolv.conf",
      "~ home file /home/deploy/.mynodeone/proxy-urls.env",
    ]);
    await askUntil(`https://photos.deep.${domain}/get`, 200);
    await untilUnknown(photosUrl);
  });
});

const unit = (app: string) => [
  `~ home file /etc/systemd/system/${app}-proxy.service`,
  `~ home unit ${app}-proxy.service`,
];
/** With another port, the socket is opened again and its service restarted. */
const socket = (app: string) => [
  `~ home file /etc/systemd/system/${app}-proxy.socket`,
  `~ home unit ${app}-proxy.service`,
];
const route = (label: string) => `vps file /etc/traefik/dynamic/${label}.${domain}.yaml`;
const record = (label: string, address: string = hosts.vps.address) => `record ${label}.${domain} ${address}`;

const recordsOf = (footprint: Footprint) =>
  [...footprint.keys()].filter((name) => name.startsWith("record "));
