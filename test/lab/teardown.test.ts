import { expect } from "chai";
import { inCluster } from "../../lab/cluster/index.ts";
import { bootSteps } from "../../lab/lab.ts";
import { removeMachine } from "../../lab/machines.ts";
import { runStack } from "../../lab/operator.ts";
import { runSteps } from "../../lab/progress.ts";
import { runInNetwork, ssh, sshUser, type HostName } from "../../lab/run.ts";
import { declaredApps, type AppOptions } from "../../lab/stackConfig.ts";
import { forgetDevice } from "../../lab/tailnet.ts";
import { domain, hosts } from "../../lab/topology.ts";
import { askWhile } from "./asker.ts";
import { differences, takeSnapshot, type HostSnapshot } from "./hostSnapshot.ts";
import { ask, askUntil, curlExit, refusal } from "./outside.ts";

const machines = ["vps", "home"] as const satisfies readonly HostName[];

/** What may differ on a host afterwards, and why it is not a thing that was left. */
const allowed: readonly [RegExp, string][] = [
  [/^\w+ . \/etc\/(passwd|group|shadow|gshadow)- /, "the account tools' own backups of the last change"],
  [/^contents . \/etc\/ufw\/user6?\.rules /, "UFW writes it anew; what it says is compared as UFW's rules"],
  [
    /^\w+ . \/var\/lib\/(tailscale|systemd)\//,
    "tailscaled's and systemd's own state, which is theirs to write",
  ],
  [/^listening . udp .* tailscaled$/, "tailscaled measures its network from a new port each time"],
  [/^run \+ mynodeone\.lock$/, "an empty file in memory: whoever waits for it must not find another"],
];

/** An app's certificate stays in Traefik's store, and its key with it. */
const certificates = /^contents . \/var\/lib\/traefik\/acme\.json /;

async function snapshots(): Promise<Record<(typeof machines)[number], HostSnapshot>> {
  const [vps, home] = await Promise.all(machines.map((name) => takeSnapshot(name)));
  if (!vps || !home) throw new Error("a snapshot is missing");
  return { vps, home };
}

type Snapshots = Awaited<ReturnType<typeof snapshots>>;

function left(before: Snapshots, after: Snapshots, except: readonly RegExp[] = []): string[] {
  const exceptions = [...allowed.map(([pattern]) => pattern), ...except];
  return machines
    .flatMap((name) => differences(before[name], after[name]).map((line) => ({ name, line })))
    .filter(({ line }) => !exceptions.some((pattern) => pattern.test(line)))
    .map(({ name, line }) => `${name}: ${line}`);
}

const namespaces = async () => (await inCluster(["get", "namespaces", "-o", "name"])).split("\n");

/** What the edge itself says to a client that asks it for a name, whatever DNS knows. */
async function edgeSays(host: string): Promise<string> {
  const at = `${host}:443:${hosts.vps.address}`;
  return runInNetwork("client", [
    ...["curl", "--silent", "--insecure", "--max-time", "20", "--resolve", at],
    ...["--write-out", "%{http_code}", `https://${host}/status/418`],
  ]);
}

describe("teardown", function () {
  const staying = Object.keys(declaredApps());
  const urls = ["https://photos.lab.test/get", "https://vault.lab.test/get"];
  const app = (proxyPort: number): AppOptions => ({
    internet: true,
    proxyPort,
    chart: { name: "./lab/charts/stand-in" },
  });
  const withService = (name: string, proxyPort: number) => ({
    [name]: { ...app(proxyPort), service: { namespace: name, name, port: 80 } },
  });
  let fresh: Snapshots;
  let freshNamespaces: string[];

  before("machines on which the program has never been", async () => {
    await runStack({ operation: "destroy" });
    for (const name of machines) {
      await removeMachine(name);
      await forgetDevice(name);
    }
    await runSteps(bootSteps(), { quiet: true });
    fresh = await snapshots();
    freshNamespaces = await namespaces();
    await runStack({ operation: "up" });
    for (const url of urls) await askUntil(url, 200);
  });

  describe("of apps", () => {
    let earlier: Snapshots;
    let output = "";
    let seen: Awaited<ReturnType<typeof askWhile>>;
    const pages = { page: "page.lab.test", papers: "papers.lab.test", plain: "plain.lab.test" };

    before("three apps come and go while a client asks for the others", async () => {
      earlier = await snapshots();
      // `plain` is a namespace that was there, `papers` gets a claim of its user's.
      await inCluster(["create", "namespace", "plain"]);
      const more = {
        ...withService("page", 8090),
        ...withService("papers", 8091),
        ...withService("plain", 8092),
      };
      await runStack({ operation: "up", apps: { ...declaredApps(), ...more } });
      await inCluster(["apply", "-f", "-"], claim("papers"));
      for (const host of Object.values(pages)) await askUntil(`https://${host}/get`, 200);

      seen = await askWhile(urls, () => runStack({ operation: "up" }, (text) => (output += text)));
    });

    after(() => inCluster(["delete", "namespace", "plain", "papers"]));

    it("leaves nothing of them on the hosts: no file, unit, rule, route or line", async () => {
      expect(left(earlier, await snapshots(), [certificates])).to.deep.equal([]);
    });

    it("takes the namespace that Helm made, and leaves those of the user, or with his claims in them", async () => {
      const there = await namespaces();
      expect(there).to.include.members(["namespace/papers", "namespace/plain"]);
      expect(there).not.to.include("namespace/page");
      expect(output).to.contain("the namespace papers stays: it holds PersistentVolumeClaim/library");
      const releases = await inCluster(["get", "secrets", "-A", "-o", "name", "-l", "owner=helm"]);
      expect(releases.split("\n")).to.have.length(staying.length);
    });

    it("gives outside what an unknown name gets", async () => {
      const unknown = `never-was.${domain}`;
      const known = await edgeSays("photos.lab.test");
      for (const host of Object.values(pages)) {
        expect(await refusal(`https://${host}`)).to.equal(curlExit.unresolved);
        expect(await edgeSays(host), host).to.equal(await edgeSays(unknown));
      }
      expect(await edgeSays(unknown), "an app's name gets something else").not.to.equal(known);
    });

    it("never interrupted the others", () => {
      for (const url of urls) {
        expect(seen[url], url).to.deep.include({ failures: [], connections: 1 });
        expect(seen[url]?.answers, url).to.be.above(20);
      }
    });

    it("would have seen an interruption", async () => {
      const [cut, whole] = urls as [string, string];
      const records = await askWhile([cut, whole], async () => {
        await ssh("home", "sudo systemctl stop immich-proxy");
        await ssh("home", "sudo systemctl start immich-proxy");
        await askUntil(cut, 200);
      });
      expect(records[cut]?.failures).not.to.be.empty;
      expect(records[whole]?.failures).to.be.empty;
    });
  });

  describe("of all", () => {
    let later: Snapshots;

    before(async () => {
      expect((await ask(urls[0] ?? "")).status).to.equal(200);
      await runStack({ operation: "destroy" });
      later = await snapshots();
    });

    it("leaves both hosts as they were before the first up", () => {
      expect(left(fresh, later)).to.deep.equal([]);
    });

    it("leaves no namespace, and no name", async () => {
      expect(await namespaces()).to.deep.equal(freshNamespaces);
      for (const url of urls) expect(await refusal(url)).to.equal(curlExit.unresolved);
    });

    for (const host of machines) {
      it(`would have seen a file, a line, a user, a rule or a unit that stays on ${host}`, async () => {
        await ssh(host, "sudo sh -eu", { input: leave });
        try {
          const seenNow = left(fresh, await snapshots());
          for (const trace of traces) {
            const seen = seenNow.filter((line) => line.startsWith(`${host}: ${trace}`));
            expect(seen, `${trace} in\n${seenNow.join("\n")}`).not.to.be.empty;
          }
          expect(seenNow.filter((line) => !line.startsWith(`${host}: `))).to.deep.equal([]);
        } finally {
          await ssh(host, "sudo sh", { input: leaveNoMore });
        }
      });
    }
  });
});

const leave = `
touch /etc/mynodeone.left
mkdir /home/${sshUser}/.mynodeone
echo LEFT_PROXY_PORT=8099 >/home/${sshUser}/.mynodeone/proxy-ports.env
useradd --system left
ufw allow 8099/tcp
nft add table inet mynodeone_left
printf '[Service]\\nExecStart=/bin/true\\n' >/etc/systemd/system/left-proxy.service
systemctl daemon-reload
systemd-run --quiet --unit=left sleep infinity
`;

const traces = [
  "entries + /etc/mynodeone.left ",
  `contents + /home/${sshUser}/.mynodeone/proxy-ports.env `,
  "accounts + left:x:",
  "ufw + ufw allow 8099/tcp",
  "nftables + table inet mynodeone_left ",
  "units + left-proxy.service static",
  "services + left.service active",
];

const leaveNoMore = `
rm -r /etc/mynodeone.left /home/${sshUser}/.mynodeone /etc/systemd/system/left-proxy.service
userdel left
ufw delete allow 8099/tcp
nft delete table inet mynodeone_left
systemctl stop left
systemctl daemon-reload
`;

function claim(namespace: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "library", namespace },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Gi" } },
      storageClassName: "none",
    },
  });
}
