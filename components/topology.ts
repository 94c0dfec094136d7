import type { AppSpec, ControlPlaneSettings, EdgeSettings, Settings, SshSettings } from "../config/index.ts";
import { routeFile } from "./render/routeScripts.ts";

/** One hop on a request's way, in the order in which it passes them. */
export type Hop =
  | { kind: "dns"; edge: string; name: string; type: "A"; address: string }
  | { kind: "edge"; edge: string; address: string; port: 443 }
  | { kind: "route"; edge: string; file: string; host: string; backend: string }
  | { kind: "tailnet"; from: string; to: string }
  | { kind: "proxy"; host: string; unit: string; address: string; port: number }
  | { kind: "service"; namespace: string; name: string; port: number };

/** A host of the platform, as a tool that looks into it needs it. */
export interface TopologyHost {
  name: string;
  tailnetIp: string;
  publicIp?: string;
  ssh: { host: string; port: number; user: string; hostKey: string };
}

/** One app and its hops. An app on the tailnet only begins at its proxy. */
export interface TopologyApp {
  name: string;
  host: string;
  url: string;
  internet: boolean;
  healthPath: string;
  hops: Hop[];
}

/** The whole path of every app; what the doctor and the status page start from. Holds no secret. */
export interface Topology {
  /** Raised when a reader of an older form would go wrong. */
  version: 1;
  domain: string;
  edges: TopologyHost[];
  controlPlane: TopologyHost;
  apps: TopologyApp[];
}

/** Addresses that are known only once the tailnet has been asked. */
export interface TailnetAddresses {
  /** By edge name. */
  edges: Record<string, string>;
  controlPlane: string;
}

/** The topology of a platform. */
export function describeTopology({ platform, apps }: Settings, tailnet: TailnetAddresses): Topology {
  const edges = platform.edges.map((edge) => describeEdge(edge, tailnet.edges[edge.name] ?? ""));
  const controlPlane = describeControlPlane(platform.controlPlane, tailnet.controlPlane);
  return {
    version: 1,
    domain: platform.domain,
    edges,
    controlPlane,
    apps: apps.map((app) => describeApp(app, edges, controlPlane)),
  };
}

function describeApp(app: AppSpec, edges: TopologyHost[], controlPlane: TopologyHost): TopologyApp {
  const { name, host, internet, healthPath, proxyPort: port = 0 } = app;
  const backend = `http://${controlPlane.tailnetIp}:${port}`;
  const proxy: Hop = {
    kind: "proxy",
    host: controlPlane.name,
    unit: `${name}-proxy.service`,
    address: controlPlane.tailnetIp,
    port,
  };
  const throughEdges = edges.flatMap((edge): Hop[] => [
    { kind: "dns", edge: edge.name, name: host, type: "A", address: edge.publicIp ?? "" },
    { kind: "edge", edge: edge.name, address: edge.publicIp ?? "", port: 443 },
    { kind: "route", edge: edge.name, file: routeFile(name), host, backend },
    { kind: "tailnet", from: edge.tailnetIp, to: controlPlane.tailnetIp },
  ]);
  const url = internet ? `https://${host}` : backend;
  const hops: Hop[] = [...(internet ? throughEdges : []), proxy, { kind: "service", ...app.service }];
  return { name, host, url, internet, healthPath, hops };
}

function describeEdge(edge: EdgeSettings, tailnetIp: string): TopologyHost {
  const { name, publicIp } = edge;
  return { name, tailnetIp, publicIp, ssh: describeSsh(edge.ssh, publicIp) };
}

function describeControlPlane(home: ControlPlaneSettings, tailnetIp: string): TopologyHost {
  return { name: home.name, tailnetIp, ssh: describeSsh(home.ssh, tailnetIp) };
}

function describeSsh(ssh: SshSettings, fallbackHost: string): TopologyHost["ssh"] {
  return { host: ssh.host ?? fallbackHost, port: ssh.port, user: ssh.user, hostKey: ssh.hostKey };
}
