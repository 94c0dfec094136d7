import { expect } from "chai";
import { inCluster } from "../../lab/cluster/index.ts";
import { traefikDownload } from "../../lab/internet.ts";
import { runStack } from "../../lab/operator.ts";
import { poll } from "../../lab/poll.ts";
import { ssh } from "../../lab/run.ts";
import { labConfig, type AppOptions, type LabConfig } from "../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../lab/tailnet.ts";
import { domain, hosts, services } from "../../lab/topology.ts";
import { zoneId } from "../../lab/services/cloudflare/zone.ts";
import { letInAnotherKey, makeOtherWays, otherWays, removeOtherWays, repackTraefik } from "./alternatives.ts";
import { askWhile } from "./asker.ts";
import { converse, type Conversation } from "./conversation.ts";
import { changesBetween, takeFootprint, type Footprint } from "./footprint.ts";
import { ask, askUntil, curlExit, refusal } from "./outside.ts";

const photosUrl = `https://photos.${domain}/get`;
/** Two more apps, at a Service that a declared one has. */
const service = { namespace: "vaultwarden", name: "vaultwarden" };
const own = (options: AppOptions): AppOptions => ({ internet: true, service, ...options });
/** As `htpasswd -nB NAME` prints it. */
const user = "ann:$2b$05$MqUrsN/mYKzi42mmpwBmiOoIijuY3926wFIWNsAKmgsTI7BWjFshu";

describe("a change of the config", function () {
  /** Changed by one test after the other: each adds its own change to those before. */
  let config: LabConfig;
  let apps: LabConfig["mynodeone:apps"];
  let photos: Conversation;
  let letIn: string;
  const secrets: Record<string, string> = { "mynodeone:basicAuthUsers": user };

  before(async () => {
    config = labConfig();
    apps = config["mynodeone:apps"];
    apps.one = own({ proxyPort: 8090 });
    apps.two = own({ proxyPort: 8091 });
    // The Service has to be there before the apps that are looked up at it.
    await runStack({ operation: "up" });
    await makeOtherWays();
    await runStack({ operation: "up", config });
    for (const name of ["photos", "one", "two"]) await askUntil(`https://${name}.${domain}/get`, 200);
    photos = await converse(`wss://photos.${domain}/websocket/echo`);
    const [vps, home] = [await tailnetAddresses("vps"), await tailnetAddresses("home")];
    letIn = `allow in on tailscale0 from ${vps.ipv4} to ${home.ipv4}`;
  });

  after(async () => {
    await photos.close();
    await runStack({ operation: "up" });
    await removeOtherWays();
  });

  /** What is another on the hosts and in the zone once it is up. */
  async function changesOf(edit: () => void): Promise<string[]> {
    const before = await takeFootprint();
    edit();
    await runStack({ operation: "up", config, secrets });
    return changesBetween(before, await takeFootprint());
  }

  /** The same, while a client asks Immich and another has an open line to it: neither notices. */
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

  it("of a proxy's port is its unit, its limits, its line and its route", async () => {
    const changes = await changesOfAnother(() => (apps.one = own({ proxyPort: 8095 })));
    expect(changes).to.have.members([
      ...unit("one"),
      "~ home file /etc/mynodeone/one-proxy.nft",
      "~ home file /home/deploy/.mynodeone/proxy-ports.env",
      `- ${rule("one", 8090)}`,
      `+ ${rule("one", 8095)}`,
      `~ ${route("one")}`,
    ]);
    expect((await ask(`https://one.${domain}/get`)).status).to.equal(200);
  });

  it("of a subdomain is a new route and record, which are there before the old ones go", async () => {
    const [old, moved] = [`https://one.${domain}/get`, `https://first.${domain}/get`];
    /** Whether the new name has its route as soon as the old one is gone; Traefik takes up both within 2 s. */
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
    expect(await refusal(old)).to.equal(curlExit.unresolved);
  });

  it("of a chart's values, or to what is looked up anyway, is nothing on the hosts", async () => {
    const installed = await revisions();
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
    expect(await revisions()).to.equal(installed + 2);
  });

  it("of the Service is the unit alone", async () => {
    const changes = await changesOfAnother(
      () => (apps.one = own({ proxyPort: 8095, subdomain: "first", service: otherWays.service })),
    );
    expect(changes).to.have.members(unit("one"));
    expect((await ask(`https://first.${domain}/get`)).status).to.equal(200);
  });

  it("of an app's port with another's is done in one go, and each has one owner", async () => {
    const changes = await changesOfAnother(() => {
      apps.one = own({ proxyPort: 8091, subdomain: "first", service: otherWays.service });
      apps.two = own({ proxyPort: 8095 });
    });
    expect(changes).to.have.members([
      ...["one", "two"].flatMap((app) => [...unit(app), `~ home file /etc/mynodeone/${app}-proxy.nft`]),
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
      await ssh("home", `sudo systemctl stop ${app}-proxy`);
      await askUntil(`https://${mine}.${domain}/get`, 502);
      expect((await ask(`https://${others}.${domain}/get`)).status).to.equal(200);
      await ssh("home", `sudo systemctl start ${app}-proxy`);
      await askUntil(`https://${mine}.${domain}/get`, 200);
    }
  });

  it("of an app's name is another unit on its port, and nothing on the VPS", async () => {
    const changes = await changesOfAnother(() => {
      delete apps.two;
      apps.second = own({ proxyPort: 8095, subdomain: "two" });
    });
    expect(changes).to.have.members([
      ...["+ home file", "- home file"].flatMap((change) => {
        const app = change.startsWith("+") ? "second" : "two";
        return [
          `${change} /etc/systemd/system/${app}-proxy.service`,
          `${change} /etc/mynodeone/${app}-proxy.nft`,
        ];
      }),
      "+ home unit second-proxy.service",
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

  it("of what the edge asks for is the app's route, and its file of users", async () => {
    const guards = {
      allowFrom: ["0.0.0.0/0"],
      rateLimit: { average: 100 },
      middlewares: [{ compress: {} }],
      basicAuth: true,
    };
    const changes = await changesOfAnother(() => (apps.second = { ...apps.second, ...guards }));
    const users = changes.filter((one) => one.includes("/etc/traefik/users/"));
    expect(users).to.have.length(1);
    expect(users[0]).to.match(/^\+ vps file \/etc\/traefik\/users\/two\.lab\.test\/[0-9a-f]{32}$/);
    expect(changes).to.have.members([...users, `~ ${route("two")}`]);
    expect((await ask(`https://two.${domain}/get`)).status).to.equal(401);
  });

  it("of what the hosts are called is nothing on them", async () => {
    const changes = await changesOfAnother(() => {
      for (const edge of config["mynodeone:edges"]) edge.name = "front";
      config["mynodeone:controlPlane"].name = "attic";
    });
    expect(changes).to.deep.equal([]);
  });

  it("of how they are reached is the records, and the firewall's line for SSH", async () => {
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
    const rule = (open: number) => `vps rule allow ${open}/tcp comment 'mynodeone:edge'`;
    expect(names).to.have.length(4);
    expect(changes).to.have.members([
      `- ${rule(22)}`,
      `+ ${rule(sshPort)}`,
      ...names.flatMap((name) => [`- ${name}`, `+ ${name.replace(hosts.vps.address, vps)}`]),
    ]);
  });

  it("of what Traefik reads at its start restarts it, and no proxy", async () => {
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
      `~ ${route("first")}`,
      `~ ${record("first", otherWays.vps)}`,
    ]);
    for (const name of ["photos", "first"]) await askUntil(`https://${name}.${domain}/get`, 200);
    // The control: a Traefik that restarts is seen by those who are connected.
    expect(await photos.say("still here").catch(String)).to.contain("was cut");
  });

  it("of the domain moves every name, and of the cluster's DNS restarts every proxy", async () => {
    const users = [...(await takeFootprint()).keys()].find((name) => name.includes("/traefik/users/")) ?? "";
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
      ...moved(users),
      ...["immich", "vaultwarden", "one", "second"].flatMap(unit),
      "~ home file /etc/mynodeone/resolv.conf",
      "~ home file /home/deploy/.mynodeone/proxy-urls.env",
    ]);
    await askUntil(`https://photos.deep.${domain}/get`, 200);
    expect(await refusal(photosUrl)).to.equal(curlExit.unresolved);
  });
});

const unit = (app: string) => [
  `~ home file /etc/systemd/system/${app}-proxy.service`,
  `~ home unit ${app}-proxy.service`,
];
const route = (label: string) => `vps file /etc/traefik/dynamic/${label}.${domain}.yaml`;
const record = (label: string, address: string = hosts.vps.address) => `record ${label}.${domain} ${address}`;

const recordsOf = (footprint: Footprint) =>
  [...footprint.keys()].filter((name) => name.startsWith("record "));

/** How often Helm has installed or upgraded the apps. */
async function revisions(): Promise<number> {
  const names = await inCluster(["get", "secrets", "--all-namespaces", "-l", "owner=helm", "-o", "name"]);
  return names.split("\n").length;
}
