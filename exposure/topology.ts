import { clusterUrl, proxyUnits, proxyUrl, publicUrl, routeFile } from "../components/names.ts";
import type { Exposure } from "../components/index.ts";
import type { SafetyFacts } from "../components/index.ts";

/** One hop of a request, in order. */
export type Hop =
  /** Resolvers return Cloudflare's addresses instead of `address` if the record is proxied. */
  | { kind: "dns"; edge: string; name: string; type: "A"; address: string; proxied: boolean }
  | { kind: "edge"; edge: string; address: string; port: 443 }
  | { kind: "route"; edge: string; file: string; host: string; backend: string }
  | { kind: "tailnet"; from: string; to: string }
  | { kind: "proxy"; host: string; unit: string; address: string; port: number }
  | { kind: "service"; namespace: string; name: string; port: number };

/** A host of the platform, for tools that connect to it. */
export interface TopologyHost {
  name: string;
  tailnetIp: string;
  publicIp?: string;
  ssh: { host: string; port: number; user: string; hostKey: string };
}

/**
 * One app, who can reach it, and its hops. The hops of a tailnet app begin at its proxy; an app without a proxy has
 * only its Service.
 */
export interface TopologyApp extends Exposure {
  name: string;
  /** The first of `hosts`. */
  host: string;
  /** Its URL: on the internet, in the tailnet, or inside the cluster. */
  url: string;
  healthPath: string;
  /** The policy pack checks these. */
  safety: SafetyFacts;
  hops: Hop[];
}

/** The hops of every app, for the doctor and the status page. Holds no secret. */
export interface Topology {
  /** Increased when readers of the former version would misread it. */
  version: 1;
  domain: string;
  edges: TopologyHost[];
  controlPlane: TopologyHost;
  apps: TopologyApp[];
}

/** A host from the config, with its tailnet address. */
interface HostFacts {
  name: string;
  tailnetIp: string;
  /** @default `host` is the dialled address, otherwise the public one, otherwise the tailnet's */
  ssh: { host?: string; port: number; user: string; hostKey: string };
}

/** The hosts shared by all apps. */
export interface PlatformFacts {
  domain: string;
  edges: (HostFacts & { publicIp: string })[];
  controlPlane: HostFacts;
}

/** An app and its exposure. */
export interface AppFacts {
  name: string;
  host: string;
  healthPath: string;
  service: { namespace: string; name: string; port: number; scheme: string };
  /** @default no proxy */
  proxyPort?: number;
  safety: SafetyFacts;
  exposure: Exposure;
}

/** The topology of a platform. */
export function describeTopology(platform: PlatformFacts, apps: readonly AppFacts[]): Topology {
  const { domain, edges, controlPlane } = platform;
  return {
    version: 1,
    domain,
    edges: edges.map(({ publicIp, ...edge }) => ({ ...describeHost(edge, publicIp), publicIp })),
    controlPlane: describeHost(controlPlane, controlPlane.tailnetIp),
    apps: apps.map((app) => describeApp(app, platform)),
  };
}

function describeHost({ name, tailnetIp, ssh }: HostFacts, fallbackHost: string): TopologyHost {
  const { host = fallbackHost, port, user, hostKey } = ssh;
  return { name, tailnetIp, ssh: { host, port, user, hostKey } };
}

function describeApp(app: AppFacts, platform: PlatformFacts): TopologyApp {
  const { name, host, healthPath, exposure, safety, service, proxyPort } = app;
  const { name: serviceName, namespace, port } = service;
  const end: Hop = { kind: "service", namespace, name: serviceName, port };
  const common = { name, host, healthPath, ...exposure, safety };
  if (proxyPort === undefined) return { ...common, url: clusterUrl(service), hops: [end] };

  const { name: home, tailnetIp: address } = platform.controlPlane;
  const backend = proxyUrl(service.scheme, address, proxyPort);
  const unit = proxyUnits(name).service;
  const hops: Hop[] = [{ kind: "proxy", host: home, unit, address, port: proxyPort }, end];
  if (!exposure.internet) return { ...common, url: backend, hops };
  return { ...common, url: publicUrl(host), hops: [...throughEdges(app, backend, platform), ...hops] };
}

function throughEdges({ host, exposure }: AppFacts, backend: string, platform: PlatformFacts): Hop[] {
  const { hosts, cdn: proxied } = exposure;
  const file = routeFile(host);
  return platform.edges.flatMap(({ name: edge, publicIp: address, tailnetIp }): Hop[] => [
    ...hosts.map((name): Hop => ({ kind: "dns", edge, name, type: "A", address, proxied })),
    { kind: "edge", edge, address, port: 443 },
    ...hosts.map((one): Hop => ({ kind: "route", edge, file, host: one, backend })),
    { kind: "tailnet", from: tailnetIp, to: platform.controlPlane.tailnetIp },
  ]);
}
