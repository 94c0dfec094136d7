import * as pulumi from "@pulumi/pulumi";
import { startClusterApi, type ClusterApi } from "../components/cluster/clusterApi.ts";
import { runProgram } from "../components/engine.ts";
import type { StandIn } from "../components/engine.ts";
import type { AppSpec } from "../../../config/index.ts";
import { buildStack } from "../../../program.ts";
import { readSettings } from "../../../program/settings.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5xLmtbmU1vTDxxCZ1nGmT1nTnGQm3kPBv1q9yHQ9sD";
const ssh = { user: "deploy", hostKey };
/** An ACME server that might accept names and addresses for documentation. */
export const server = "https://ca.example.com/directory";
export const grafanaService = { namespace: "monitoring", name: "grafana", port: 80 };
export const config = {
  "mynodeone:domain": "home.example.com",
  "mynodeone:acme": JSON.stringify({ email: "me@example.com", server }),
  "mynodeone:edges": JSON.stringify([{ name: "vps", publicIp: "198.51.100.10", device: "vps", ssh }]),
  "mynodeone:controlPlane": JSON.stringify({ device: "home", ssh }),
  "mynodeone:apps": JSON.stringify({
    grafana: {
      service: grafanaService,
      internet: true,
      proxyPort: 8095,
    },
  }),
  "mynodeone:sshPrivateKey": "the private key",
};

export const failing = (reason: string) => () => {
  throw Object.assign(new Error(reason), { details: reason });
};

const device = (hostname: string, ...addresses: string[]) => ({
  ...{ tags: [] as string[], user: "me@example.com" },
  ...{ name: `${hostname}.tail1.ts.net`, hostname, addresses },
  ...{ authorized: true, isExternal: false, keyExpiryDisabled: true, expires: "0001-01-01T00:00:00Z" },
});
export const devices = { vps: device("vps", "fd7a::1", "100.64.0.1"), home: device("home", "100.64.0.2") };
export const zone = { id: "z1", name: "example.com", status: "active", permissions: [] as string[] };

/** Tailscale's default policy, and these sections. */
export const policy = (more: object = {}) => ({
  json: JSON.stringify({ acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }], ...more }),
});

export const standIn: StandIn = {
  call: {
    "tailscale:index/getDevices:getDevices": () => ({ devices: Object.values(devices) }),
    "cloudflare:index/getZone:getZone": ({ zoneId }) => ({ ...zone, id: zoneId }),
    "cloudflare:index/getZones:getZones": () => ({ results: [{ ...zone, name: "example.org" }, zone] }),
    "cloudflare:index/getDnsRecords:getDnsRecords": () => ({ results: [] }),
  },
};

let cluster: ClusterApi;

/** Call this in the body of a suite that runs the program: its cluster has the Service of `config`. */
export function useCluster(): () => ClusterApi {
  before(async () => {
    cluster = await startClusterApi({ services: { monitoring: { grafana: [80, 443] } } });
  });
  after(() => cluster.stop());
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });
  return () => cluster;
}

/** Runs the whole program. @param without keys of the config to leave out */
export async function run(more: Record<string, string> = {}, without: string[] = [], lookups = standIn) {
  const settings = Object.fromEntries(
    Object.entries({ ...config, "mynodeone:kubeconfig": cluster.kubeconfig, ...more }).filter(
      ([key]) => !without.includes(key),
    ),
  );
  pulumi.runtime.setAllConfig(settings, [
    ...["mynodeone:sshPrivateKey", "mynodeone:sshPrivateKeys"],
    "mynodeone:kubeconfig",
  ]);
  return runProgram(async () => {
    const entry = await import("../../../index.ts");
    return entry.default();
  }, lookups);
}

/** Runs the program with a change of its apps' specs that no config makes. */
export function runWithSpecs(change: (spec: AppSpec) => AppSpec, more: Record<string, string> = {}) {
  const kubeconfig = { "mynodeone:kubeconfig": cluster.kubeconfig };
  const secrets = ["sshPrivateKey", "kubeconfig", "basicAuthUsers"].map((key) => `mynodeone:${key}`);
  pulumi.runtime.setAllConfig({ ...config, ...kubeconfig, ...more }, secrets);
  return runProgram(async () => {
    const own = new pulumi.Config("mynodeone");
    const settings = readSettings(own);
    return buildStack({ ...settings, apps: settings.apps.map(change) }, own);
  }, standIn);
}
