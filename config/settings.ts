import type { Middleware } from "./schema/middleware.ts";
import type { SafetyFacts } from "./rules/safety.ts";
import type { ControlPlaneSettings, EdgeSettings } from "./schema/hosts.ts";
import type { AcmeSettings } from "./schema/platform.ts";

/** A config that has been found good: what the program builds, with every default filled in. */
export interface Settings {
  platform: Platform;
  /** In the order in which the source has them: Pulumi sorts the keys of a map. */
  apps: AppSpec[];
}

/** What all apps share. */
export interface Platform {
  /** Under this domain lie all apps. */
  domain: string;
  acme: AcmeSettings;
  /** The VPSes: at least one. */
  edges: EdgeSettings[];
  controlPlane: ControlPlaneSettings;
  /** Address of the cluster's DNS service. @default looked up in the cluster */
  clusterDns?: string;
  /** The cluster's pod and Service networks. @default those of k3s */
  clusterCidrs?: string[];
  /** Interfaces of the control plane that belong to the cluster alone, beside the usual ones. */
  clusterInterfaces?: string[];
  /** How packets of pods travel between nodes. */
  podTransport: "tunnel" | "lan";
  /** What pods may reach beside the cluster, the LAN and the internet. @default neither */
  podsReach?: ("tailnet" | "ssh")[];
  /** The cluster's DNS domain. */
  clusterDomain: string;
  /** What the program does about the tailnet's policy. @default nothing */
  tailnetPolicy?: "compare" | "manage";
  /** The time zone that the apps show times in, by its name in the tz database. */
  timeZone: string;
  /** The domain's zone at Cloudflare. @default looked up by `domain` */
  zoneId?: string;
}

/** One app: what resources are made of, and what is told of it. */
export interface AppSpec extends AppResources, AppReport {}

/** Where an app runs, and how it is reached: each field changes what is made. */
export interface AppResources {
  /** Its key in `mynodeone:apps`. */
  name: string;
  /** The domain that its host names lie in. */
  domain: string;
  /** The host name that visitors use, e.g. `photos.example.com`. */
  host: string;
  /** All its host names; the first is `host`. */
  hosts: string[];
  /** Whether the whole internet may reach it, rather than the tailnet alone. */
  internet: boolean;
  /** Whether it has a proxy, rather than being installed only. */
  proxy: boolean;
  /** TCP port on the control plane's tailnet address, 8080-8100; none without a proxy. */
  proxyPort?: number;
  service: ServiceSpec;
  /** Whether its pods are on their nodes' own network. */
  hostNetwork: boolean;
  /** The Helm release that makes the Service; none for a Service that already runs. */
  release?: ReleaseSpec;
  /** Whether browsers are told to refuse plain HTTP from now on. */
  hsts: boolean;
  /** Traefik middlewares of the user's, by name, in the order in which they run. */
  middlewares: Record<string, Middleware>;
  /** Whether its records are proxied by Cloudflare. */
  cdn: boolean;
  /** IP addresses and networks that may reach it; empty for everybody. */
  allowFrom: string[];
  /** Whether the edge asks for a user of `mynodeone:basicAuthUsers`. */
  basicAuth: boolean;
  /** Requests that one client may make, a second and at once. @default no limit */
  rateLimit?: { average: number; burst: number };
  /** Requests of one client that may be in flight at once. @default 192 */
  requestsInFlight?: number;
}

/** What is printed, exposed or judged of an app: none of it makes or changes a resource on a host. */
export interface AppReport {
  /** A path that answers without a login when the app is well. */
  healthPath: string;
  /** What the safety rules judge. */
  safety: SafetyFacts;
  /** Warnings to print before anything is changed. */
  notices: string[];
  /** What the user does once the app runs. */
  nextSteps: string[];
}

/** The Service of the cluster that an app is reached at. */
export interface ServiceSpec {
  namespace: string;
  name: string;
  /** The Service's port, not the container's. */
  port: number;
  /** What it speaks on that port. */
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
