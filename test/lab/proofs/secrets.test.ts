import { expect } from "chai";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inCluster, kubeconfig } from "../../../lab/cluster/index.ts";
import { stateDir, workDir } from "../../../lab/engine.ts";
import { traefikDownload } from "../../../lab/internet.ts";
import { runStack } from "../../../lab/operator.ts";
import { paths } from "../../../lab/paths.ts";
import { poll } from "../../../lab/poll.ts";
import { ssh } from "../../../lab/run.ts";
import type { StackRequest } from "../../../lab/stack.ts";
import { declaredApps, labConfig, stackSecrets } from "../../../lab/stackConfig.ts";
import { domain } from "../../../lab/topology.ts";
import { mintTailscaleClient } from "../../../lab/vendors.ts";
import { immichService } from "../apps.ts";
import { failureOf } from "../failure.ts";
import {
  needlesOf,
  search,
  searchFiles,
  searchMachine,
  watchProcesses,
  type Finding,
  type Needle,
  type ProcessWatch,
} from "../secretSearch.ts";
import { newSshKey } from "../sshKey.ts";
import { standingStack } from "../standingStack.ts";

/** The files on hosts that have to contain a secret, and who may read them. */
const needed = {
  // The cluster's own files.
  "mynodeone:kubeconfig in home:/etc/kubernetes/admin.conf": "600:root:root",
  "cloudflare:apiToken in vps:/etc/traefik/traefik.env": "600:root:root",
  [`mynodeone:basicAuthUsers in vps:/etc/traefik/users/page.${domain}/…`]: "640:root:traefik",
};

/**
 * The environments that contain a secret. Only root and the process's own user can read them. The engine gives each
 * plugin the config of its package (`PULUMI_CONFIG`), and systemd gives Traefik the lines of traefik.env.
 */
const environments = [
  "cloudflare:apiToken in cloudflare plugin: environ",
  "cloudflare:apiToken in traefik: environ",
  "tailscale:apiKey in tailscale plugin: environ",
  "tailscale:oauthClientSecret in tailscale plugin: environ",
];

describe("a secret of the stack", function () {
  this.timeout(15 * 60_000);

  /** A text in the form of a bcrypt hash, without a known password. */
  const hash = `$2y$10$${randomBytes(64).toString("hex").slice(0, 53)}`;
  const refused = {
    "cloudflare:apiToken": `cf-${randomBytes(20).toString("hex")}`,
    "tailscale:apiKey": `tskey-api-${randomBytes(20).toString("hex")}`,
  };
  let otherKey: string;
  let temporary: string;
  const { TMPDIR } = process.env;
  let secrets: Record<string, string>;
  /** Credentials as recommended by the documentation instead of an API key. */
  let oauth: Record<string, string>;
  let clientKey: string;
  let needles: Needle[];
  let watch: ProcessWatch;

  before(async () => {
    // The app with all secrets uses an existing Service, which has to run.
    await standingStack();
    ({ privateKey: otherKey } = await newSshKey());
    secrets = { ...stackSecrets(), "mynodeone:basicAuthUsers": `me:${hash}` };
    const { id, secret } = mintTailscaleClient(["devices:core:read"]);
    oauth = { "tailscale:oauthClientId": id, "tailscale:oauthClientSecret": secret };
    clientKey = /client-key-data: (\S+)/.exec(kubeconfig())?.[1] ?? "";
    needles = [
      ...needlesOf("mynodeone:sshPrivateKey", privateLines(secrets["mynodeone:sshPrivateKey"] ?? "")),
      ...needlesOf("mynodeone:sshPrivateKey", privateLines(otherKey)),
      ...needlesOf("mynodeone:kubeconfig", clientKey),
      ...needlesOf("mynodeone:kubeconfig", Buffer.from(clientKey, "base64").toString()),
      ...needlesOf("mynodeone:basicAuthUsers", hash),
      ...["cloudflare:apiToken", "tailscale:apiKey"].flatMap((name) => needlesOf(name, secrets[name] ?? "")),
      ...needlesOf("tailscale:oauthClientSecret", secret),
      ...needlesOf("a password that a release has drawn", await drawnPassword()),
      ...Object.entries(refused).flatMap(([name, text]) => needlesOf(name, text)),
    ];
    for (const name of [...Object.keys(secrets), "a password that a release has drawn"]) {
      expect(
        needles.filter((needle) => needle.name === name),
        name,
      ).not.to.be.empty;
    }
    watch = watchProcesses(needles);
    // A directory for this test only, since the machine's own contains other files.
    temporary = mkdtempSync(join(tmpdir(), "mynodeone-secrets-"));
    process.env.TMPDIR = temporary;
  });

  after(() => {
    watch.stop();
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmSync(temporary, { recursive: true });
  });

  /** An app that needs every secret: with `dns-01` the token is sent to the edge, and the users with the route. */
  function request(traefik = traefikDownload()): StackRequest {
    const config = labConfig();
    config["mynodeone:acme"].challenge = "dns-01";
    for (const edge of config["mynodeone:edges"]) edge.traefik = traefik;
    const page = { internet: true, basicAuth: true, proxyPort: 8090, service: immichService };
    return { operation: "up", apps: { ...declaredApps(), page }, config, secrets, events: true };
  }

  async function expectNoneInOutput(change: Partial<StackRequest>, edge = "edge"): Promise<void> {
    let output = "";
    await runStack({ ...request(), ...change }, (text) => (output += text));
    expect(output).to.include(`page.${domain}-${edge}-route-file`).and.include("resourcePreEvent");
    expect(texts(search(output, "output", needles))).to.equal("");
  }

  it("appears in no output and no event of an up", () => expectNoneInOutput({ operation: "up" }));

  it("appears in no output and no event of a preview with a Tailscale OAuth client", () =>
    expectNoneInOutput({ operation: "preview", secrets: { ...secrets, "tailscale:apiKey": "", ...oauth } }));

  it("appears in no output and no event of a refresh", () => expectNoneInOutput({ operation: "refresh" }));

  const failures: [string, RegExp, () => StackRequest][] = [
    [
      "a script that was given one fails",
      /checksum/i,
      () => request({ url: traefikDownload().url, sha256: "0".repeat(64) }),
    ],
    [
      "the hosts refuse the key",
      /refuses mynodeone:sshPrivateKey/,
      () => {
        const one = request();
        one.secrets = { ...secrets, "mynodeone:sshPrivateKey": otherKey };
        one.apps = { ...one.apps, other: { ...one.apps?.page, proxyPort: 8091 } };
        return one;
      },
    ],
    [
      "the kubeconfig cannot be read",
      /kubeconfig/,
      () => {
        const wrong = kubeconfig().replace(clientKey, `"${clientKey}`);
        return { ...request(), secrets: { ...secrets, "mynodeone:kubeconfig": wrong } };
      },
    ],
    [
      "the vendors refuse the tokens",
      /token|Unauthorized|unauthorized|authenticate/,
      () => ({ ...request(), secrets: { ...secrets, ...refused } }),
    ],
  ];
  for (const [what, reason, change] of failures) {
    it(`appears in no message when ${what}`, async () => {
      let output = "";
      const failure = await failureOf(runStack(change(), (text) => (output += text)));
      expect(failure).to.match(reason);
      expect(texts(search(output + failure, "messages", needles))).to.equal("");
    });
  }

  it("appears in no output, event or state of an up that renames a host", async () => {
    const { config = labConfig() } = request();
    for (const edge of config["mynodeone:edges"]) edge.name = "front";
    await expectNoneInOutput({ operation: "up", config }, "front");
    expect(texts(await searchFiles([stateDir], needles))).to.equal("");
  });

  it("appears in no state, log or temporary file of the operator", async () => {
    expect(texts(await searchFiles(operatorsPlaces(), needles))).to.equal("");
  });

  it("appears on the hosts only in the files that need it, and in no journal", async () => {
    const findings = [...(await searchMachine("home", needles)), ...(await searchMachine("vps", needles))];
    const modes: Record<string, string> = {};
    for (const { name, place } of findings) {
      const [, host = "", path = ""] = /^(\w+):(.*)$/.exec(place) ?? [];
      modes[`${name} in ${place.replace(/[0-9a-f]{32}$/, "…")}`] = await ssh(
        host as "home" | "vps",
        `sudo stat -c %a:%U:%G '${path}'`,
        { reject: false },
      );
    }
    expect(modes).to.deep.equal(needed);
  });

  it("appears in no output and no event of a destroy", async () => {
    // A destroy runs no program, so its tokens are those of the last run, here the refused ones.
    await runStack(request());
    await expectNoneInOutput({ operation: "destroy" });
  });

  it("appeared in no process's arguments, and only in the environments that need it", () => {
    watch.stop();
    expect(watch.seen(), "processes looked at").to.be.above(100);
    expect(texts(watch.found()).split("\n").sort()).to.deep.equal(environments);
  });

  it("would have been found in each of these places (the control)", async () => {
    const planted = needlesOf("planted", randomBytes(30).toString("hex"));
    const text = planted[0]?.text ?? "";
    const encoded = Buffer.from(`{"a":"${text}"}`).toString("base64");
    const places = operatorsPlaces().map((directory) => join(directory, "planted"));
    const second = watchProcesses(planted);
    const holder = spawn("sleep", ["600"], { argv0: text, env: { HELD: encoded }, stdio: "ignore" });
    try {
      for (const place of places) writeFileSync(place, `{"a":"${encoded}"}`);
      await ssh("vps", "sudo tee /etc/planted | logger", { input: text });
      await ssh("home", "sudo tee /run/planted >/dev/null", { input: text });
      expect(placesOf(await searchFiles(operatorsPlaces(), planted))).to.have.members(places);
      await poll(
        async () => {
          const onVps = placesOf(await searchMachine("vps", planted));
          expect(onVps).to.include.members(["vps:/etc/planted", "vps: journal"]);
        },
        { what: "the planted text on the VPS", timeout: 60_000 },
      );
      expect(placesOf(await searchMachine("home", planted))).to.include("home:/run/planted");
      await poll(
        () => {
          expect(placesOf(second.found())).to.include.members(["sleep: cmdline", "sleep: environ"]);
        },
        { what: "the process that holds the planted text", timeout: 60_000 },
      );
      expect(search(`it says ${encoded}`, "output", planted)).to.have.length(1);
    } finally {
      second.stop();
      holder.kill();
      for (const place of places) rmSync(place, { force: true });
      await ssh("vps", "sudo rm -f /etc/planted");
      await ssh("home", "sudo rm -f /run/planted");
    }
  });
});

/** The files of Pulumi and those written by the lab's programs, without the lab's own installation. */
function operatorsPlaces(): string[] {
  const home = readdirSync(paths.pulumiHome).filter((name) => name !== "plugins");
  return [stateDir, workDir, paths.logs, tmpdir(), ...home.map((name) => join(paths.pulumiHome, name))];
}

function texts(findings: Finding[]): string {
  return findings.map(({ name, place }) => `${name} in ${place}`).join("\n");
}

function placesOf(findings: Finding[]): string[] {
  return findings.map(({ place }) => place);
}

/** Vaultwarden's generated secret, which its release creates. */
async function drawnPassword(): Promise<string> {
  const key = [
    "-n",
    "vaultwarden",
    "get",
    "secret",
    "vaultwarden-admin",
    "-o",
    "jsonpath={.data.ADMIN_TOKEN}",
  ];
  return Buffer.from(await inCluster(key), "base64").toString();
}

/** The private part of a key in OpenSSH's format; what precedes it is also in the public key. */
function privateLines(key: string): string {
  return key.split("\n").slice(3).join("\n");
}
