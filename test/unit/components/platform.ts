import { ControlPlane, describeTopology, EdgeNode } from "../../../components/index.ts";
import type { SshArgs, Topology } from "../../../components/index.ts";
import type { AppSpec } from "../../../config/index.ts";
import { soundFacts } from "../soundFacts.ts";

/** The SSH connection to the hosts of the tests. */
export const ssh: SshArgs = {
  host: "192.0.2.1",
  user: "deploy",
  hostKey: "ssh-ed25519 AAAAhost",
  privateKey: "the private key",
};

export function anEdge(
  name = "vps",
  more: Partial<ConstructorParameters<typeof EdgeNode>[1]> = {},
): EdgeNode {
  return new EdgeNode(name, {
    publicIp: "192.0.2.1",
    tailnetIp: "100.64.0.1",
    ssh,
    acme: { email: "me@example.com" },
    ...more,
  });
}

export function aControlPlane(
  more: Partial<ConstructorParameters<typeof ControlPlane>[1]> = {},
): ControlPlane {
  return new ControlPlane("home", {
    tailnetIp: "100.64.0.2",
    clusterDns: "10.43.0.10",
    ssh: { ...ssh, host: "192.0.2.2" },
    ...more,
  });
}

/** An app on the internet that is installed from a chart. */
export function anApp(more: Partial<AppSpec> = {}): AppSpec {
  return {
    name: "immich",
    domain: "example.com",
    host: "photos.example.com",
    hosts: ["photos.example.com"],
    internet: true,
    proxy: true,
    proxyPort: 8080,
    service: { namespace: "immich", name: "immich-server", port: 80, scheme: "http" },
    hostNetwork: false,
    release: {
      name: "immich",
      namespace: "immich",
      chart: "oci://charts.example.com/immich",
      values: { replicas: 1 },
      timeoutSeconds: 300,
    },
    healthPath: "/",
    hsts: true,
    middlewares: {},
    cdn: false,
    allowFrom: [],
    basicAuth: false,
    safety: soundFacts,
    notices: [],
    nextSteps: [],
    ...more,
  };
}

const at = { user: "deploy", port: 22, hostKey: "ssh-ed25519 AAAA" };
const platform = {
  domain: "example.com",
  clusterDomain: "cluster.local",
  podTransport: "tunnel" as const,
  timeZone: "Etc/UTC",
  acme: { email: "me@example.com", challenge: "http-01" as const },
  edges: [{ name: "vps", publicIp: "192.0.2.1", device: "vps", ssh: at }],
  controlPlane: { name: "home", device: "home", ssh: at },
};

/** The topology of these apps on one edge and one control plane. */
export function topologyOf(...apps: AppSpec[]): Topology {
  return describeTopology({ platform, apps }, { edges: { vps: "100.64.0.1" }, controlPlane: "100.64.0.2" });
}
