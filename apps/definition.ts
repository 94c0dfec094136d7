/** What an app's defaults may depend on: its names, never a host or a cluster. */
export interface AppContext {
  /** The app's key in `mynodeone:apps`, and the name of its Helm release. */
  name: string;
  /** The host name that visitors use, e.g. `photos.example.com`. */
  host: string;
  /** All host names that lead to it, `host` first. */
  hosts: readonly string[];
  /** The address that visitors open, e.g. `https://photos.example.com`. */
  url: string;
  /** Whether the app is on the internet. Otherwise only the tailnet can reach it, by plain HTTP at its own address. */
  internet: boolean;
  /**
   * Whether visitors come through Cloudflare. If so, their address is in `CF-Connecting-IP` and the edge removes
   * `X-Real-Ip`. Without a CDN it is in `X-Real-Ip`, and the edge removes `CF-Connecting-IP`.
   */
  cdn: boolean;
  /**
   * How many proxies append to `X-Forwarded-For`: 0 for a tailnet app, 1 behind the edge, 2 behind Cloudflare and the
   * edge. The visitor's address is the entry at this position, counted from the right. Entries to its left are sent by
   * the visitor; with 0 that is the whole header.
   */
  proxies: number;
  /**
   * Host names by which tailnet devices open it, without a port. An app that checks them is safe from DNS rebinding: a
   * foreign page leading a browser in the tailnet to the app's address under another name.
   */
  tailnetHosts: readonly string[];
  /**
   * Source networks of requests as the app sees them. socat dials the Service, and Kubernetes replaces the client's
   * address with one of the node or its pod network. Both are private; which one it is differs between clusters. The
   * client's real address is in `X-Forwarded-For`, for an app that trusts the proxy.
   */
  privateNetworks: readonly string[];
  /** k3s's default network of pods, for advice to a user who has to name the cluster's. */
  k3sPods: string;
  /** Its port on the control plane; undefined without a proxy. */
  proxyPort: number | undefined;
  /** The users' time zone, such as `Europe/Berlin`: https://en.wikipedia.org/wiki/List_of_tz_database_time_zones */
  timeZone: string;
}

/** What a Helm release installs. */
export interface AppRelease {
  /** The chart as passed to Helm: a name within a repository, an `oci://` reference or a local path. */
  chart: string;
  /** The chart's values: the catalogue's, overridden by the user's. */
  values: Record<string, unknown>;
}

/** An app as it will run, for advice that depends on the user's choices. */
export interface ChosenApp extends AppContext {
  /** The release that installs it; undefined for a Service that already runs. */
  release: AppRelease | undefined;
  /** The namespace that it is installed or runs in. */
  namespace: string;
}

/** What an app's safety rules check: an app of a config, or an app that a policy sees in a preview. */
export interface JudgedApp {
  /** Whether the whole internet can reach it. */
  internet: boolean;
  /** Whether browsers are told to refuse plain HTTP to its host names (HSTS). */
  hsts: boolean;
  /** The release that installs it, whatever its name and chart; undefined if unknown. */
  release: AppRelease | undefined;
}

/** One violation of an app's safety rules. */
export interface AppProblem {
  /** The option of the app that is wrong. */
  option: "hsts" | "values";
  /** What is wrong, and what to set. */
  message: string;
}

/** One app of the catalogue: everything that its user need not find out. */
export interface AppDefinition {
  /** Its default port on the control plane, 8080-8100. It never changes, so removing one app moves no other. */
  proxyPort: number;
  /** The Service that the chart creates in a release named after the app. */
  service: { name: string; port: number };
  chart: {
    /** A chart's name within `repository`, or an `oci://` reference. */
    name: string;
    /** URL of an HTTP chart repository; undefined for `oci://`. */
    repository?: string;
    version: string;
  };
  /** Values that the chart needs to work behind the proxy. The user's `values` override them. */
  values(app: AppContext): Record<string, unknown>;
  /** Path that answers 200 without a login while the app is healthy. */
  healthPath: string;
  /** Whether it has a login. Without one it needs a login at the edge, or has to stay in the tailnet. */
  login: boolean;
  /** Whether people upload more than 100 MB at once, which a CDN may refuse. */
  uploads: boolean;
  /** Whether the first visitor becomes administrator: on the internet that can be anybody. */
  firstVisitorIsAdmin: boolean;
  /** The app's safety rules, which hold wherever it is installed. @default no rules */
  problems?(app: JudgedApp): AppProblem[];
  /** Warnings of one or two sentences: what is risky or unfinished in the app as chosen. */
  notices?(app: ChosenApp): string[];
  /** What the user has to do once the app runs. */
  nextSteps?(app: ChosenApp): string[];
}

/** Apps by the name that the user writes. */
export type Catalogue = Readonly<Record<string, AppDefinition>>;
