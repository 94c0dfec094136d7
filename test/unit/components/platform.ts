import { ControlPlane, EdgeNode } from "../../../components/index.ts";
import type { SshArgs } from "../../../components/index.ts";
import type { AppSpec } from "../../../config/index.ts";
import { soundFacts } from "../soundFacts.ts";

/** How the tests' hosts are reached. */
export const ssh: SshArgs = {
  host: "192.0.2.1",
  user: "deploy",
  hostKey: "ssh-ed25519 AAAAhost",
  privateKey: "the private key",
};

/** An edge. */
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

/** A control plane. */
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
    host: "photos.example.com",
    hosts: ["photos.example.com"],
    internet: true,
    proxy: true,
    proxyPort: 8080,
    service: { namespace: "immich", name: "immich-server", port: 80 },
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
