import { expect } from "chai";
import { join } from "node:path";
import { inCluster } from "../../lab/cluster/index.ts";
import { mirrorRoot, traefikDownload } from "../../lab/internet.ts";
import { runStack } from "../../lab/operator.ts";
import { poll } from "../../lab/poll.ts";
import { run, ssh } from "../../lab/run.ts";
import { labConfig, type AppOptions, type LabConfig } from "../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../lab/tailnet.ts";
import { domain, hosts, services } from "../../lab/topology.ts";
import { zoneId } from "../../lab/services/cloudflare/zone.ts";
import { askWhile } from "./asker.ts";
import { converse, type Conversation } from "./conversation.ts";
import { changesBetween, takeFootprint } from "./footprint.ts";
import { ask, askUntil, curlExit, refusal } from "./outside.ts";

const photosUrl = `https://photos.${domain}/get`;
/** Two more apps, at a Service that a declared one has. */
const service = { namespace: "vaultwarden", name: "vaultwarden" };
const own = (options: AppOptions): AppOptions => ({ internet: true, service, ...options });
/** The same Service by another name, at another port. */
const other = { ...service, name: "another", port: 8081 };
/** As `htpasswd -nB NAME` prints it. */
const user = "ann:$2b$05$MqUrsN/mYKzi42mmpwBmiOoIijuY3926wFIWNsAKmgsTI7BWjFshu";

describe("a change of the config", function () {
  /** Changed by one test after the other: each adds its own change to those before. */
  let config: LabConfig;
  let apps: LabConfig["mynodeone:apps"];
  let photos: Conversation;
  let letIn: string;

  before(async () => {
    config = labConfig();
    apps = config["mynodeone:apps"];
    apps.one = own({ proxyPort: 8090 });
    apps.two = own({ proxyPort: 8091 });
    // The Service has to be there before the apps that are looked up at it.
    await runStack({ operation: "up" });
    await inCluster(["apply", "-f", "-"], anotherService());
    await runStack({ operation: "up", config });
    for (const name of ["photos", "one", "two"]) await askUntil(`https://${name}.${domain}/get`, 200);
    photos = await converse(`wss://photos.${domain}/websocket/echo`);
    await openSecondWay();
    const [vps, home] = [await tailnetAddresses("vps"), await tailnetAddresses("home")];
    letIn = `allow in on tailscale0 from ${vps.ipv4} to ${home.ipv4}`;
  });

  after(async () => {
    await photos.close();
    await runStack({ operation: "up" });
    await closeSecondWay();
    await inCluster(["delete", "service", "--namespace", other.namespace, other.name]);
  });

  /** What is another on the hosts and in the zone once it is up. */
  async function changesOf(edit: () => void): Promise<string[]> {
    const before = await takeFootprint();
    edit();
    await runStack({ operation: "up", config, secrets: { "mynodeone:basicAuthUsers": user } });
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

  it("of a subdomain is a new route and record, which answer before the old ones go", async () => {
    const [old, moved] = [`https://one.${domain}/get`, `https://first.${domain}/get`];
    /** What the new name says as soon as the old one is gone. */
    const afterwards = poll(
      async () => {
        const answer = await ask(old).catch(() => undefined);
        if (answer?.status === 200) throw new Error("it is still there");
      },
      { what: `${old} to go`, timeout: 300_000, interval: 200 },
    ).then(() => ask(moved));
    const changes = await changesOfAnother(() => (apps.one = own({ proxyPort: 8095, subdomain: "first" })));
    expect((await afterwards).status).to.equal(200);
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
      () => (apps.one = own({ proxyPort: 8095, subdomain: "first", service: other })),
    );
    expect(changes).to.have.members(unit("one"));
    expect((await ask(`https://first.${domain}/get`)).status).to.equal(200);
  });

  it("of an app's port with another's is done in one go, and each has one owner", async () => {
    const changes = await changesOfAnother(() => {
      apps.one = own({ proxyPort: 8091, subdomain: "first", service: other });
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

  it("of where they are dialled is the firewall's line for SSH", async () => {
    const changes = await changesOfAnother(() => {
      for (const edge of config["mynodeone:edges"]) edge.ssh.port = secondWay.port;
      config["mynodeone:controlPlane"].ssh.host = secondWay.address;
    });
    const rule = (port: number) => `vps rule allow ${port}/tcp comment 'mynodeone:edge'`;
    expect(changes).to.have.members([`- ${rule(22)}`, `+ ${rule(secondWay.port)}`]);
  });

  it("of what Traefik reads at its start restarts it, and no proxy", async () => {
    const sha256 = await repack();
    const changes = await changesOf(() => {
      const acme = config["mynodeone:acme"];
      acme.email = "other@lab.test";
      acme.server = `https://${services.acme.address}/dir`;
      acme.caCertificate = `${String(acme.caCertificate)}\n\n`;
      apps.one = { ...apps.one, cdn: true };
      for (const edge of config["mynodeone:edges"])
        edge.traefik = { url: `http://${services.mirror.name}/${repacked}`, sha256 };
    });
    expect(changes).to.have.members([
      ...["traefik.yaml", "acme-ca.pem"].map((name) => `~ vps file /etc/traefik/${name}`),
      "~ vps file /etc/mynodeone/traefik.sha256",
      "~ vps unit traefik.service",
      `~ ${route("first")}`,
      `~ ${record("first")}`,
    ]);
    for (const name of ["photos", "first"]) await askUntil(`https://${name}.${domain}/get`, 200);
    // The control: a Traefik that restarts is seen by those who are connected.
    expect(await photos.say("still here").catch(String)).to.contain("was cut");
  });
});

const unit = (app: string) => [
  `~ home file /etc/systemd/system/${app}-proxy.service`,
  `~ home unit ${app}-proxy.service`,
];
const route = (label: string) => `vps file /etc/traefik/dynamic/${label}.${domain}.yaml`;
const record = (label: string) => `record ${label}.${domain} ${hosts.vps.address}`;

/** How often Helm has installed or upgraded the apps. */
async function revisions(): Promise<number> {
  const names = await inCluster(["get", "secrets", "--all-namespaces", "-l", "owner=helm", "-o", "name"]);
  return names.split("\n").length;
}

function anotherService(): string {
  const { namespace, name, port } = other;
  const selector = { "app.kubernetes.io/instance": "vaultwarden" };
  const ports = [{ port, targetPort: "http" }];
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace, name },
    spec: { selector, ports },
  });
}

const repacked = "traefik-again.tar.gz";

/** Traefik's archive once more, with another checksum; returns that. */
async function repack(): Promise<string> {
  const archive = join(mirrorRoot, repacked);
  await run("sh", [
    "-euc",
    'cat "$0"/traefik_linux_*.tar.gz >"$1" && printf "" | gzip -n >>"$1"',
    mirrorRoot,
    archive,
  ]);
  return (await run("sha256sum", [archive])).split(" ")[0] ?? "";
}

/** Where SSH answers besides: another port of the VPS, another address of the home. */
const secondWay = { port: 2222, address: "10.77.0.11" };
const ownRule = "allow proto tcp from 198.51.100.0/24 to any port 22,2222";

async function openSecondWay(): Promise<void> {
  const { port, address } = secondWay;
  const sshd = `systemd-run --quiet --unit=second-sshd /usr/sbin/sshd -D -p ${port}`;
  // The rule is the user's: who moves an SSH server has to let himself in before the program can.
  await ssh("vps", `sudo ufw ${ownRule} >/dev/null && sudo ${sshd}`);
  await ssh("home", `sudo ip address replace ${address}/24 dev eth0`);
}

async function closeSecondWay(): Promise<void> {
  await ssh("home", `sudo ip address delete ${secondWay.address}/24 dev eth0`);
  await ssh("vps", `sudo systemctl stop second-sshd; sudo ufw delete ${ownRule} >/dev/null`);
}
