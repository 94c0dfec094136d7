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
  /** Whether the whole internet can reach it, or the tailnet alone, by plain HTTP and an address of its own. */
  internet: boolean;
  /**
   * Whether visitors come through Cloudflare. The visitor's address is then in `CF-Connecting-IP`, and the edge removes
   * `X-Real-Ip`; without a CDN it is in `X-Real-Ip`, and the edge removes `CF-Connecting-IP`.
   */
  cdn: boolean;
  /**
   * How many proxies append to `X-Forwarded-For`: 0 for an app of the tailnet, 1 for one behind the edge, 2 behind
   * Cloudflare and the edge. The visitor's address is the entry at this place, counted from the right. Entries to its
   * left are whatever the visitor sent; with 0 that is the whole header.
   */
  proxies: number;
  /**
   * The names by which devices of the tailnet open it, without a port. A page elsewhere on the web can lead a browser in
   * the tailnet to its address under a name of its own (DNS rebinding): one that knows its names refuses that.
   */
  tailnetHosts: readonly string[];
  /**
   * Networks that requests seem to come from inside the cluster: socat dials the Service, and Kubernetes puts an address
   * of the node or of its pod network in the client's place. Both are private, and which one it is differs between
   * clusters. The client's own address is in `X-Forwarded-For`, for an app that reads it from a proxy that it trusts.
   */
  privateNetworks: readonly string[];
  /** Its port on the control plane; none without a proxy. */
  proxyPort: number | undefined;
  /** Of the people who use it, such as `Europe/Berlin`: https://en.wikipedia.org/wiki/List_of_tz_database_time_zones */
  timeZone: string;
}

/** What a Helm release installs. */
export interface AppRelease {
  /** The chart as Helm is told of it: a name within a repository, an `oci://` reference or a local path. */
  chart: string;
  /** The chart's values, with the user's laid over the catalogue's. */
  values: Record<string, unknown>;
}

/** An app as it will run, for advice that depends on what the user chose. */
export interface ChosenApp extends AppContext {
  /** What installs it; none for a Service that already runs. */
  release: AppRelease | undefined;
  /** Where it is installed, or runs. */
  namespace: string;
}

/** What an app's own rules judge: what a config is about to make, or what a policy sees about to be made. */
export interface JudgedApp {
  /** Whether the whole internet can reach it. */
  internet: boolean;
  /** Whether browsers are told to refuse plain HTTP to its host names (HSTS). */
  hsts: boolean;
  /** What installs it, under whatever name and from whatever chart; none where that is not known. */
  release: AppRelease | undefined;
}

/** One thing that an app's own rules do not allow. */
export interface AppProblem {
  /** The option of the app that is wrong. */
  option: "hsts" | "values";
  /** What is wrong, and what to do. */
  message: string;
}

/** One app of the catalogue: everything that a user need not find out. */
export interface AppDefinition {
  /** Its own port on the control plane, 8080-8100 and the catalogue's for good: removing one app moves no other. */
  proxyPort: number;
  /** The Service that the chart makes in a release named after the app. */
  service: { name: string; port: number };
  chart: {
    /** A chart's name within `repository`, or an `oci://` reference. */
    name: string;
    /** URL of an HTTP chart repository; none for `oci://`. */
    repository?: string;
    version: string;
  };
  /** What the chart needs to work behind the proxy; the user's `values` are laid over it. */
  values(app: AppContext): Record<string, unknown>;
  /** Answers 200 without a login when the app is well. */
  healthPath: string;
  /** Whether it has a login of its own: without one it needs one at the edge, or the tailnet. */
  login: boolean;
  /** Whether people upload more than 100 MB to it at once: a CDN may not let that through. */
  uploads: boolean;
  /** Whether who comes first becomes administrator: on the internet that can be anybody. */
  firstVisitorIsAdmin: boolean;
  /** The app's own safety rules, which hold wherever it is installed: what is wrong. @default no rules of its own */
  problems?(app: JudgedApp): AppProblem[];
  /** Warnings, one sentence or two each: what is risky or unfinished in the app as chosen. */
  notices?(app: ChosenApp): string[];
  /** What is left for the user to do once the app runs. */
  nextSteps?(app: ChosenApp): string[];
}

/** Apps by the name that the user writes. */
export type Catalogue = Readonly<Record<string, AppDefinition>>;
