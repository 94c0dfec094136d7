import { describeExposure } from "../../../components/app/exposure.ts";
import { ControlPlane, EdgeNode } from "../../../components/index.ts";
import type { HybridAppArgs, SshArgs } from "../../../components/index.ts";
import { describeTopology } from "../../../exposure/index.ts";
import type { AppFacts, Topology } from "../../../exposure/index.ts";
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

/** An app of the config, with the fields of `HybridApp` and of the topology. */
export type TestApp = Omit<HybridAppArgs, "controlPlane" | "edges" | "cluster"> &
  Omit<AppFacts, "exposure" | "service">;

/** An app on the internet that is installed from a chart. */
export function anApp(more: Partial<TestApp> = {}): TestApp {
  return {
    name: "immich",
    host: "photos.example.com",
    hosts: ["photos.example.com"],
    internet: true,
    proxyPort: 8080,
    service: { namespace: "immich", name: "immich-server", port: 80, scheme: "http" },
    release: {
      name: "immich",
      namespace: "immich",
      chart: "oci://charts.example.com/immich",
      values: { replicas: 1 },
      timeoutSeconds: 300,
    },
    healthPath: "/",
    safety: soundFacts,
    zoneId: "z1",
    ...more,
  };
}

const at = { user: "deploy", port: 22, hostKey: "ssh-ed25519 AAAA" };
const platform = {
  domain: "example.com",
  edges: [{ name: "vps", publicIp: "192.0.2.1", tailnetIp: "100.64.0.1", ssh: at }],
  controlPlane: { name: "home", tailnetIp: "100.64.0.2", ssh: at },
};

/** The topology of these apps on one edge and one control plane. */
export function topologyOf(...apps: TestApp[]): Topology {
  return describeTopology(
    platform,
    apps.map((app) => ({ ...app, exposure: describeExposure(app) })),
  );
}
