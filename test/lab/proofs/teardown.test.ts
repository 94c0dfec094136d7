import { expect } from "chai";
import { inCluster } from "../../../lab/cluster/index.ts";
import { bootSteps } from "../../../lab/lab.ts";
import { removeMachine } from "../../../lab/machines.ts";
import { runStack } from "../../../lab/operator.ts";
import { runSteps } from "../../../lab/progress.ts";
import { runInNetwork, ssh, sshUser, type HostName } from "../../../lab/run.ts";
import { declaredApps } from "../../../lab/stackConfig.ts";
import { forgetDevice } from "../../../lab/tailnet.ts";
import { domain, hosts } from "../../../lab/topology.ts";
import { askWhile } from "../asker.ts";
import { takeFootprint, type Footprint } from "../footprint.ts";
import { changesBetween, type Selection } from "../hostSnapshot.ts";
import { ask, askUntil, untilUnknown } from "../outside.ts";
import { standingStack } from "../standingStack.ts";
import { standInApp } from "../apps.ts";
import { dnsRecords, helmRevisions } from "../labSnapshot.ts";

const machines = ["vps", "home"] as const satisfies readonly HostName[];

const trees = "/etc /usr/local /var/lib /home /root /opt";

/** Everything that the program could leave. Kubernetes changes its tables at any time. */
const everything: Selection = {
  file: trees,
  directory: trees,
  unit: "'*.service' '*.socket' '*.timer' '*.path'",
  rule: "",
  table: "-v kube-proxy",
  account: "",
  socket: "",
  runtime: "",
};

/** Allowed differences on a host afterwards, and why they are not leftovers. */
const allowed: readonly [RegExp, string][] = [
  [/^. \w+ file \/etc\/(passwd|group|shadow|gshadow)-$/, "the account tools' own backups of the last change"],
  [/^~ \w+ file \/etc\/ufw\/user6?\.rules$/, "UFW writes it anew; what it says is compared as UFW's rules"],
  [
    /^. \w+ (file|directory) \/var\/lib\/(tailscale|systemd)\//,
    "tailscaled's and systemd's own state, which is theirs to write",
  ],
  [/^. \w+ socket udp .* tailscaled$/, "tailscaled measures its network from a new port each time"],
  [
    /^\+ \w+ runtime mynodeone$/,
    "an empty lock file in memory: if it were removed, two scripts could hold the lock",
  ],
];

/** An app's certificate and its key stay in Traefik's store. */
const certificates = /^~ \w+ file \/var\/lib\/traefik\/acme[^/]*\.json$/;

async function lookAtHosts(): Promise<Footprint> {
  const footprint = await takeFootprint(machines, everything);
  return new Map([...footprint].map(([name, state]) => [name, withoutEmptyChains(state)]));
}

/** A disabled UFW leaves its chains in the kernel until the next boot. Only empty ones are removed here. */
function withoutEmptyChains(table: string): string {
  return table
    .replaceAll(/chain ufw6?-[\w-]+ \{ \} /g, "")
    .replaceAll(/counter jump ufw6?-[\w-]+ /g, "")
    .replaceAll("chain OUTPUT { type filter hook output priority filter; policy accept; } ", "");
}

/** The differences on hosts; the zone's names have a separate test. */
function left(before: Footprint, after: Footprint, except: readonly RegExp[] = []): string[] {
  const exceptions = [...allowed.map(([pattern]) => pattern), /^. record /, ...except];
  return changesBetween(before, after).filter((line) => !exceptions.some((pattern) => pattern.test(line)));
}

const namespaces = async () => (await inCluster(["get", "namespaces", "-o", "name"])).split("\n");

/**
 * The edge's answer to a client that requests a name, independently of DNS. The TLS name is that of an app that stays,
 * since the edge has no certificate for unknown names.
 */
async function edgeSays(host: string): Promise<string> {
  const staying = "photos.lab.test";
  return runInNetwork("client", [
    ...["curl", "--silent", "--insecure", "--max-time", "20"],
    ...["--resolve", `${staying}:443:${hosts.vps.address}`, "--header", `Host: ${host}`],
    ...["--write-out", "%{http_code}", `https://${staying}/status/418`],
  ]);
}

describe("teardown", () => {
  const staying = Object.keys(declaredApps());
  const urls = ["https://photos.lab.test/get", "https://vault.lab.test/get"];
  let fresh: Footprint;
  let freshNamespaces: string[];

  before("start with new machines", async () => {
    await runStack({ operation: "destroy" });
    for (const name of machines) {
      await removeMachine(name);
      await forgetDevice(name);
    }
    await runSteps(bootSteps(), { quiet: true });
    fresh = await lookAtHosts();
    freshNamespaces = await namespaces();
    await standingStack();
    for (const url of urls) await askUntil(url, 200);
  });

  describe("of three apps", () => {
    let earlier: Footprint;
    let output = "";
    let seen: Awaited<ReturnType<typeof askWhile>>;
    const pages = { page: "page.lab.test", papers: "papers.lab.test", plain: "plain.lab.test" };

    before("add and remove them while a client requests the others", async () => {
      earlier = await lookAtHosts();
      // `plain` is an existing namespace; the user adds a claim to `papers`.
      await inCluster(["create", "namespace", "plain"]);
      const more = {
        page: standInApp("page", 8090),
        papers: standInApp("papers", 8091),
        plain: standInApp("plain", 8092),
      };
      await runStack({ operation: "up", apps: { ...declaredApps(), ...more } });
      await inCluster(["apply", "-f", "-"], claim("papers"));
      for (const host of Object.values(pages)) await askUntil(`https://${host}/get`, 200);

      seen = await askWhile(urls, () => runStack({ operation: "up" }, (text) => (output += text)));
    });

    after(() => inCluster(["delete", "namespace", "plain", "papers"]));

    it("leaves no file, unit, firewall rule, route or env line on the hosts", async () => {
      expect(left(earlier, await lookAtHosts(), [certificates])).to.deep.equal([]);
    });

    it("removes the namespace that Helm created, and keeps the user's and one with a volume claim", async () => {
      const there = await namespaces();
      expect(there).to.include.members(["namespace/papers", "namespace/plain"]);
      expect(there).not.to.include("namespace/page");
      expect(output).to.contain("the namespace papers stays: it contains PersistentVolumeClaim/library");
      expect(await helmRevisions()).to.have.length(staying.length);
    });

    it("leaves their names unknown: clients get the same answer as for any unknown name", async () => {
      const unknown = `never-was.${domain}`;
      const known = await edgeSays("photos.lab.test");
      for (const host of Object.values(pages)) {
        await untilUnknown(`https://${host}`);
        expect(await edgeSays(host), host).to.equal(await edgeSays(unknown));
      }
      expect(await edgeSays(unknown), "an app's name gets something else").not.to.equal(known);
    });

    it("never interrupted the other apps", () => {
      for (const url of urls) {
        expect(seen[url], url).to.deep.include({ failures: [], connections: 1 });
        expect(seen[url]?.answers, url).to.be.above(20);
      }
    });

    it("would have noticed an interruption (the control)", async () => {
      const [cut, whole] = urls as [string, string];
      const records = await askWhile([cut, whole], async () => {
        await ssh("home", "sudo systemctl stop immich-proxy.socket");
        // Long enough for at least one request of the client.
        for (let times = 0; times < 3; times += 1) await askUntil(cut, 502);
        await ssh("home", "sudo systemctl start immich-proxy");
        await askUntil(cut, 200);
      });
      expect(records[cut]?.failures).not.to.be.empty;
      expect(records[whole]?.failures).to.be.empty;
    });
  });

  describe("of the whole stack", () => {
    let later: Footprint;

    before(async () => {
      expect((await ask(urls[0] ?? "")).status).to.equal(200);
      await letUnitsFailAsTheyStop();
      await runStack({ operation: "destroy" });
      later = await lookAtHosts();
    });

    after(letUnitsStopWell);

    it("leaves both hosts as they were before the first up, although each unit failed while it was stopped", () => {
      expect(left(fresh, later)).to.deep.equal([]);
    });

    it("leaves no DNS record, and no namespace except one with a generated password", async () => {
      const wanted = new Set([...freshNamespaces, "namespace/vaultwarden"]);
      expect(await namespaces()).to.have.members([...wanted]);
      expect(await dnsRecords()).to.deep.equal([]);
      for (const url of urls) await untilUnknown(url);
    });

    for (const host of machines) {
      it(`would be seen to leave a file, env line, user, firewall rule or unit on ${host} (the control)`, async () => {
        await ssh(host, "sudo sh -eu", { input: leave });
        try {
          const seen = left(fresh, await lookAtHosts());
          expect(seen).to.include.members(traces.map((trace) => `+ ${host} ${trace}`));
          expect(seen.filter((line) => !line.slice(2).startsWith(`${host} `))).to.deep.equal([]);
        } finally {
          await ssh(host, "sudo sh", { input: leaveNoMore });
        }
      });
    }
  });
});

const ourUnits = { vps: ["traefik"], home: ["immich-proxy", "vaultwarden-proxy"] };
const dropIn = (unit: string) => `/run/systemd/system/${unit}.service.d`;

/** A program may end with an error when it is stopped, as Traefik does after ten seconds; systemd records that. */
async function letUnitsFailAsTheyStop(): Promise<void> {
  for (const host of machines) {
    for (const unit of ourUnits[host]) {
      const input = `mkdir -p ${dropIn(unit)}; printf '[Service]\\nKillSignal=SIGABRT\\n' >${dropIn(unit)}/abort.conf`;
      await ssh(host, "sudo sh -eu", { input });
    }
    await ssh(host, "sudo systemctl daemon-reload");
  }
}

async function letUnitsStopWell(): Promise<void> {
  for (const host of machines) {
    await ssh(host, `sudo rm -rf ${ourUnits[host].map(dropIn).join(" ")}`);
    await ssh(host, "sudo systemctl daemon-reload");
  }
}

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
  "file /etc/mynodeone.left",
  `file /home/${sshUser}/.mynodeone/proxy-ports.env`,
  "account left",
  "rule allow 8099/tcp",
  "table inet mynodeone_left",
  "unit left-proxy.service",
  "unit left.service",
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
