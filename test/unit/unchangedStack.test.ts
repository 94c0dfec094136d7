import * as pulumi from "@pulumi/pulumi";
import isPlainObject from "is-plain-obj";
import { createHash } from "node:crypto";
import { startClusterApi, type ClusterApi } from "./components/cluster/clusterApi.ts";
import { runProgram, type Registration } from "./components/engine.ts";
import { matchFrozen, matchSnapshot } from "./snapshot.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5xLmtbmU1vTDxxCZ1nGmT1nTnGQm3kPBv1q9yHQ9sD";
const ssh = { user: "deploy", hostKey };
const page = { namespace: "pages", name: "page", port: 80 };

/** A stack that uses most options. */
const config = {
  "mynodeone:domain": "home.example.com",
  "mynodeone:acme": JSON.stringify({
    ...{ email: "me@example.com", server: "https://ca.example.com/directory", challenge: "dns-01" },
  }),
  "mynodeone:edges": JSON.stringify([
    { name: "vps", publicIp: "198.51.100.10", device: "vps", ssh },
    { name: "other", publicIp: "198.51.100.20", device: "other", ssh, limits: { connections: 64 } },
  ]),
  "mynodeone:controlPlane": JSON.stringify({ device: "home", ssh }),
  "mynodeone:tailnetPolicy": "manage",
  "mynodeone:timeZone": "Europe/Berlin",
  "mynodeone:apps": JSON.stringify({
    immich: { subdomain: ["photos", "pictures"], internet: true, adminClaimed: true },
    vaultwarden: { subdomain: "vault", internet: true, rateLimit: { average: 20 } },
    jellyfin: {},
    gitea: { internet: true, cdn: true, allowFrom: ["203.0.113.0/24", "2001:db8::/32"] },
    homepage: { internet: true, basicAuth: true, hsts: false, requestsInFlight: 20 },
    page: {
      service: page,
      internet: true,
      proxyPort: 8095,
      middlewares: [
        { compress: {} },
        { forwardAuth: { address: "https://auth.home.example.com/verify" } },
        { headers: { customResponseHeaders: { "X-Robots-Tag": "noindex" } } },
      ],
    },
    job: {
      service: { ...page, name: "job" },
      chart: { name: "oci://charts.example.com/job", version: "1.0.0" },
      proxy: false,
    },
    own: {
      service: { namespace: "own", name: "web", port: 443, scheme: "https" },
      chart: { name: "oci://charts.example.com/own", version: "1.2.3", timeout: 60 },
      values: { replicas: 2 },
      proxyPort: 8096,
      hostNetwork: true,
    },
  }),
  "mynodeone:sshPrivateKey": "the private key",
  "mynodeone:sshPrivateKeys": JSON.stringify({ other: "the other private key" }),
  "mynodeone:basicAuthUsers": "me:$2y$10$QmVjYXVzZVRoaXNJc05vdFu1sO9o1Zf1cV0k1o0y3c3d3e3f3g3hO",
  "mynodeone:acmeDnsToken": "the token",
};
const secrets = ["sshPrivateKey", "sshPrivateKeys", "basicAuthUsers", "acmeDnsToken", "kubeconfig"];

const device = (hostname: string, address: string) => ({
  ...{ tags: [], user: "me@example.com", authorized: true, isExternal: false, keyExpiryDisabled: true },
  ...{ name: `${hostname}.tail1.ts.net`, hostname, addresses: [address], expires: "0001-01-01T00:00:00Z" },
});
const zone = { id: "z1", name: "example.com", status: "active", permissions: [] };
const call = {
  "tailscale:index/getDevices:getDevices": () => ({
    devices: [device("vps", "100.64.0.1"), device("home", "100.64.0.2"), device("other", "100.64.0.3")],
  }),
  "tailscale:index/getAcl:getAcl": () => ({
    json: JSON.stringify({ acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }] }),
  }),
  "cloudflare:index/getZones:getZones": () => ({ results: [zone] }),
  "cloudflare:index/getDnsRecords:getDnsRecords": () => ({ results: [] }),
};

/** Long values by their digest, since their content has its own snapshots. */
function shortened(value: unknown): unknown {
  if (typeof value === "string" ? value.length > 100 : isConnection(value))
    return `sha256 ${createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16)}`;
  if (Array.isArray(value)) return value.map(shortened);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shortened(one)]));
}

function isConnection(value: unknown): boolean {
  return isPlainObject(value) && "perDialTimeout" in value;
}

/** What the engine compares with its state: one line for each resource and each input, sorted by name. */
function comparable(resources: Registration[], kubeconfig: string): string {
  const sorted = resources.toSorted((one, other) => (one.urn < other.urn ? -1 : 1));
  const lines = sorted.flatMap(({ urn, inputs, dependencies, ...options }) => [
    urn,
    `  after ${dependencies.join(" ")}`,
    ...(["deleteBeforeReplace", "ignoreChanges", "additionalSecretOutputs"] as const).flatMap((option) =>
      [options[option]].flat().map((one) => `  ${option} ${String(one)}`),
    ),
    ...Object.entries(inputs).map(([name, value]) => {
      const text = JSON.stringify(value).replaceAll(JSON.stringify(kubeconfig), '"the kubeconfig"');
      return `  ${name} = ${JSON.stringify(shortened(JSON.parse(text)))}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}

/** Inputs with which the engine or a provider identifies a resource, or replaces it. */
const identifying = ["clusterIdentifier", "name", "namespace", "triggers", "type", "zoneId"];

/** The lines that a change of texts and versions does not affect. */
function identity(lines: string): string {
  const isKept = (line: string) => {
    const input = /^ {2}(\w+) = /.exec(line)?.[1];
    return input === undefined || identifying.includes(input);
  };
  return lines.split("\n").filter(isKept).join("\n");
}

describe("a stack of an earlier version", () => {
  let cluster: ClusterApi;
  let registered: string;

  before(async () => {
    cluster = await startClusterApi({ services: { pages: { page: [80] } } });
    const settings = { ...config, "mynodeone:kubeconfig": cluster.kubeconfig };
    pulumi.runtime.setAllConfig(
      settings,
      secrets.map((key) => `mynodeone:${key}`),
    );
    const { resources } = await runProgram(
      async () => {
        const entry = await import("../../index.ts");
        return entry.default();
      },
      { call },
    );
    registered = comparable(resources, cluster.kubeconfig);
  });
  after(() => {
    pulumi.runtime.setAllConfig({});
    return cluster.stop();
  });

  it("keeps each resource: nothing that identifies or replaces one has changed", () => {
    matchFrozen("stack-identity.txt", identity(registered));
  });

  it("sees no change but those that were reviewed", () => {
    matchSnapshot("stack.txt", registered);
  });
});
