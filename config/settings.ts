import type { Middleware } from "./schema/middleware.ts";
import type { SafetyFacts } from "./rules/safety.ts";
import type { ControlPlaneSettings, EdgeSettings } from "./schema/hosts.ts";
import type { AcmeSettings } from "./schema/platform.ts";

/** A valid config: what the program creates, with every default filled in. */
export interface Settings {
  platform: Platform;
  /** In the source's order: Pulumi sorts the keys of a map. */
  apps: AppSpec[];
}

/** What all apps share. */
export interface Platform {
  /** The domain of all apps. */
  domain: string;
  acme: AcmeSettings;
  /** The VPSes: at least one. */
  edges: EdgeSettings[];
  controlPlane: ControlPlaneSettings;
  /** Address of the cluster's DNS service. @default looked up in the cluster */
  clusterDns?: string;
  /** The cluster's pod and Service networks. @default those of k3s */
  clusterCidrs?: string[];
  /** Interfaces of the control plane that belong to the cluster, besides the usual ones. */
  clusterInterfaces?: string[];
  /** How nodes exchange packets of pods. */
  podTransport: "tunnel" | "lan";
  /** What pods may reach besides the cluster, the LAN and the internet. @default neither */
  podsReach?: ("tailnet" | "ssh")[];
  /** The cluster's DNS domain. */
  clusterDomain: string;
  /** What the program does about the tailnet's policy. @default nothing */
  tailnetPolicy?: "compare" | "manage";
  /** The users' time zone, by its name in the tz database. */
  timeZone: string;
  /** The domain's zone at Cloudflare. @default looked up by `domain` */
  zoneId?: string;
}

/** One app: inputs of its resources, and facts to report. */
export interface AppSpec extends AppResources, AppReport {}

/** Where an app runs, and how it is reached: each field changes resources. */
export interface AppResources {
  /** Its key in `mynodeone:apps`. */
  name: string;
  /** The domain of its host names. */
  domain: string;
  /** The host name that visitors use, e.g. `photos.example.com`. */
  host: string;
  /** All its host names; the first is `host`. */
  hosts: string[];
  /** Whether it is on the internet, rather than in the tailnet alone. */
  internet: boolean;
  /** Whether it has a proxy; without one it is only installed. */
  proxy: boolean;
  /** TCP port on the control plane's tailnet address, 8080-8100; undefined without a proxy. */
  proxyPort?: number;
  service: ServiceSpec;
  /** Whether its pods use their node's network. */
  hostNetwork: boolean;
  /** The Helm release that creates the Service; undefined for a Service that already runs. */
  release?: ReleaseSpec;
  /** Whether browsers are told to refuse plain HTTP (HSTS). */
  hsts: boolean;
  /** The user's Traefik middlewares, in the order in which they run. */
  middlewares: Middleware[];
  /** Whether its records are proxied by Cloudflare. */
  cdn: boolean;
  /** IP addresses and networks that may reach it; empty allows everybody. */
  allowFrom: string[];
  /** Whether the edge requires a login by one of `mynodeone:basicAuthUsers`. */
  basicAuth: boolean;
  /** Request rate limit of one client: per second, and in a burst. @default no limit */
  rateLimit?: { average: number; burst: number };
  /** Limit of one client's requests in flight. @default 192 */
  requestsInFlight?: number;
}

/** Facts of an app to print, output or check: none of them affects a resource on a host. */
export interface AppReport {
  /** A path that answers without a login while the app is healthy. */
  healthPath: string;
  /** Facts for the safety rules. */
  safety: SafetyFacts;
  /** Warnings to print before anything is changed. */
  notices: string[];
  /** What the user has to do once the app runs. */
  nextSteps: string[];
}

/** The Service of an app in the cluster. */
export interface ServiceSpec {
  namespace: string;
  name: string;
  /** The Service's port, not the container's. */
  port: number;
  /** Protocol on that port. */
  scheme: "http" | "https";
}

/** A Helm release: https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/ */
export interface ReleaseSpec {
  name: string;
  namespace: string;
  /** A name within `repository`, an `oci://` reference or a local path. */
  chart: string;
  repository?: string;
  version?: string;
  values: Record<string, unknown>;
  /** How long Helm waits for the app to become ready, in seconds. */
  timeoutSeconds: number;
}
