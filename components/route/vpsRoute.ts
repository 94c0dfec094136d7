import * as pulumi from "@pulumi/pulumi";
import type { SafetyFacts } from "./safetyFacts.ts";
import { Checks } from "../inputs/checks.ts";
import { childOptions } from "../inputs/childOptions.ts";
import type { Transform } from "../inputs/transform.ts";
import type { EdgeNode } from "../edge/edgeNode.ts";
import { RemoteScript, type RemoteScriptArgs } from "../host/remoteScript.ts";
import type { SocatProxy } from "../proxy/socatProxy.ts";
import { defaultHsts } from "./defaults.ts";
import { readHtpasswd } from "./htpasswd.ts";
import { removeRoute, setUpRoute } from "./scripts.ts";
import { publicUrl, routeFile } from "../names.ts";
import type { RateLimit } from "./middlewares.ts";
import { isHostName } from "../inputs/dnsName.ts";

/** Inputs of one app's route at one edge. */
export interface VpsRouteArgs {
  /** The edge that receives the requests. */
  edge: EdgeNode;
  /** Host names that clients ask for, e.g. `photos.example.com`: at least one. */
  hosts: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * URL that requests are forwarded to: a proxy's. With `https:`, its certificate is not verified, since certificates
   * inside a cluster are not public ones.
   * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/load-balancing/serverstransport/
   */
  backend: pulumi.Input<string>;
  /**
   * The proxy that answers at `backend`. Before the route is created, the edge checks that the proxy's host answers. A
   * pod with a `hostPort`, another device or `tailscale serve` in its place fails the run.
   * @default any answer is accepted
   */
  proxy?: SocatProxy;
  /**
   * Whether browsers are told to use only HTTPS for these hosts, for a year.
   * @default true
   * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Strict-Transport-Security
   */
  hsts?: pulumi.Input<boolean>;
  /**
   * IPv4 and IPv6 addresses and networks of allowed clients; all others get 403.
   * @default everybody
   * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/ipallowlist/
   */
  allowFrom?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Request rate limit of one client; further requests get 429.
   * @default no limit; with `basicAuthUsers` 10 a second and bursts of 100, which also limits password attempts
   * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/ratelimit/
   */
  rateLimit?: pulumi.Input<RateLimit>;
  /**
   * Limit of one client's requests in flight; further requests get 429. A client is an IPv4 address or an IPv6 /64
   * network: a household, or an office.
   * @default 192
   * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/inflightreq/
   */
  requestsInFlight?: pulumi.Input<number>;
  /**
   * Accepted basic-auth users, as `htpasswd -nBC 10 NAME` prints them, one per line. Kept as a secret, and on the edge
   * in a file that only root and Traefik can read.
   * @default no password is required
   * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/basicauth/
   */
  basicAuthUsers?: pulumi.Input<string>;
  /**
   * Whether the records of these hosts are proxied by a CDN, which the edge has to trust (`EdgeNode`'s
   * `trustedProxies`). For its requests, `allowFrom`, `rateLimit` and `requestsInFlight` use the address that the CDN
   * reports at the end of `X-Forwarded-For`. The app gets no `X-Real-Ip`: the visitor's address is in
   * `CF-Connecting-IP`, and second from the right in `X-Forwarded-For`. Visitors who bypass the CDN are identified by
   * their own address.
   * @default false
   */
  cdn?: pulumi.Input<boolean>;
  /**
   * The user's Traefik middlewares as Traefik's documentation writes them, e.g. `{ compress: {} }`: one kind each, run
   * in this order, after ours.
   * @default none
   * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/overview/
   */
  middlewares?: pulumi.Input<object[]>;
  /**
   * Facts for the policy pack about a route outside any `HybridApp`. Being on the internet is implied.
   * @default none: the policy pack refuses the route
   */
  safety?: SafetyFacts;
  /**
   * Name of the file on the edge, and of its router and service: a label or a host name.
   * @default the component's name
   */
  app?: string;
  /**
   * A change to the script that writes the file.
   * @default none
   */
  transform?: { script?: Transform<RemoteScriptArgs> };
}

/**
 * One file in Traefik's dynamic directory: HTTPS for host names, each with a certificate. Traefik loads it by a hot
 * reload; other apps are not affected.
 *
 * ```ts
 * new VpsRoute("grafana", { edge, hosts: ["grafana.example.com"], backend: proxy.url });
 * ```
 */
export class VpsRoute extends pulumi.ComponentResource {
  /** `https://<first host>`. */
  readonly url: pulumi.Output<string>;
  /** The file's path on the edge. */
  readonly file: string;
  /** The script that writes the file. */
  readonly script: RemoteScript;

  constructor(name: string, args: VpsRouteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:VpsRoute", name, {}, opts);
    const check = new Checks(this, "VpsRoute", name);

    const app = args.app ?? name;
    if (!isHostName(app)) check.label("app", app);
    const hosts = pulumi.output(args.hosts).apply((all) =>
      check.nonEmpty(
        "hosts",
        all.map((host) => check.hostName("hosts", host)),
        "name at least one host",
      ),
    );
    const allowFrom = pulumi
      .output(args.allowFrom)
      .apply((networks) => networks?.map((network) => check.network("allowFrom", network)));
    const { basicAuthUsers } = args;
    const requestsInFlight = pulumi
      .output(args.requestsInFlight)
      .apply((amount) =>
        amount === undefined ? undefined : check.wholeNumber("requestsInFlight", amount, 1, 1_000_000),
      );
    const { hsts, rateLimit, cdn, middlewares, backend } = args;
    const proxy = args.proxy && { app: args.proxy.app, address: args.proxy.address, port: args.proxy.port };
    const { certificateStore: store, trustedProxies } = args.edge;
    this.file = routeFile(app);
    this.url = hosts.apply(([first]) => publicUrl(first));

    this.script = new RemoteScript(
      `${name}-file`,
      {
        host: args.edge.host,
        create: pulumi
          .output({
            hosts,
            backend,
            hsts,
            allowFrom,
            rateLimit,
            requestsInFlight,
            cdn,
            middlewares,
            trustedProxies,
            store,
            proxy,
          })
          .apply(({ store: path, ...route }) =>
            setUpRoute(
              { ...route, app, hsts: route.hsts ?? defaultHsts, basicAuth: basicAuthUsers !== undefined },
              { challenge: args.edge.challenge, store: path },
            ),
          ),
        delete: removeRoute(app),
        stdin:
          basicAuthUsers === undefined
            ? undefined
            : pulumi.secret(basicAuthUsers).apply((text) => goodUsers(text, check)),
        identity: [this.file],
        transform: args.transform?.script,
      },
      childOptions(this, opts, args.edge),
    );

    // The policy pack checks these.
    this.registerOutputs({ url: this.url, hosts, safety: args.safety });
  }
}

/** The users in the form for the edge. An error gives a line's number, never its content. */
function goodUsers(text: string, check: Checks): string {
  const { users, wrongLines } = readHtpasswd(text);
  const fix = "write users as `htpasswd -nBC 10 NAME` prints them, one per line";
  check.require(wrongLines.length === 0, "basicAuthUsers", `line ${wrongLines.join(", ")}`, fix);
  check.require(users.length > 0, "basicAuthUsers", "(empty)", fix);
  return users.join("\n");
}
