import type { AppSpec, ControlPlaneSettings, EdgeSettings, Settings, SshSettings } from "../config/index.ts";
import { describeExposure } from "../components/app/exposure.ts";
import type { Exposure } from "../components/app/exposure.ts";
import { routeFile } from "../components/route/scripts.ts";

/** One hop on a request's way, in the order in which it passes them. */
export type Hop =
  /** Resolvers give Cloudflare's addresses in place of `address` where the record is proxied. */
  | { kind: "dns"; edge: string; name: string; type: "A"; address: string; proxied: boolean }
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

/**
 * One app, who can reach it, and its hops. An app on the tailnet only begins at its proxy, one without a proxy is its
 * Service alone.
 */
export interface TopologyApp extends Exposure {
  name: string;
  /** The first of `hosts`. */
  host: string;
  /** Where it is reached: over the internet, over the tailnet, or inside the cluster. */
  url: string;
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
  const { name, host, healthPath, service } = app;
  const ways = [...throughEdges(app, edges, controlPlane), ...throughProxy(app, controlPlane)];
  const { namespace, name: serviceName, port } = service;
  const hops: Hop[] = [...ways, { kind: "service", namespace, name: serviceName, port }];
  return { name, host, url: urlOf(app, controlPlane), healthPath, ...describeExposure(app), hops };
}

function throughEdges(app: AppSpec, edges: TopologyHost[], controlPlane: TopologyHost): Hop[] {
  if (!app.internet) return [];
  const { hosts, cdn: proxied } = app;
  const file = routeFile(app.host);
  const backend = backendOf(app, controlPlane);
  return edges.flatMap(({ name: edge, publicIp: address = "", tailnetIp }): Hop[] => [
    ...hosts.map((name): Hop => ({ kind: "dns", edge, name, type: "A", address, proxied })),
    { kind: "edge", edge, address, port: 443 },
    ...hosts.map((host): Hop => ({ kind: "route", edge, file, host, backend })),
    { kind: "tailnet", from: tailnetIp, to: controlPlane.tailnetIp },
  ]);
}

function throughProxy({ name, proxyPort }: AppSpec, controlPlane: TopologyHost): Hop[] {
  if (proxyPort === undefined) return [];
  const { name: host, tailnetIp: address } = controlPlane;
  return [{ kind: "proxy", host, unit: `${name}-proxy.service`, address, port: proxyPort }];
}

function urlOf(app: AppSpec, controlPlane: TopologyHost): string {
  if (app.internet) return `https://${app.host}`;
  return app.proxyPort === undefined ? clusterUrl(app) : backendOf(app, controlPlane);
}

function backendOf({ proxyPort, service }: AppSpec, controlPlane: TopologyHost): string {
  return `${service.scheme}://${controlPlane.tailnetIp}:${proxyPort}`;
}

/** How a pod of the cluster reaches an app, whatever the cluster's domain is. */
export function clusterUrl({ service }: AppSpec): string {
  return `${service.scheme}://${service.name}.${service.namespace}.svc:${service.port}`;
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
