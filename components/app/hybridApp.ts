import * as pulumi from "@pulumi/pulumi";
import type { ClusterArgs } from "../cluster/provider.ts";
import { checkService } from "../cluster/service.ts";
import type { ControlPlane } from "../controlPlane/controlPlane.ts";
import { DnsRecord } from "../dns/dnsRecord.ts";
import type { EdgeNode } from "../edge/edgeNode.ts";
import { RemoteScript } from "../host/remoteScript.ts";
import { Checks } from "../inputs/checks.ts";
import { childOptions } from "../inputs/childOptions.ts";
import { LookupError } from "../inputs/lookupError.ts";
import { tailnetRange } from "../inputs/networks.ts";
import { resolved } from "../inputs/resolved.ts";
import { clusterUrl, publicUrl } from "../names.ts";
import type { Scheme } from "../proxy/setup.ts";
import { SocatProxy } from "../proxy/socatProxy.ts";
import type { RateLimit } from "../route/middlewares.ts";
import { VpsRoute } from "../route/vpsRoute.ts";
import { describeExposure } from "./exposure.ts";
import type { Exposure } from "./exposure.ts";
import { makeHelmRelease } from "./helmRelease.ts";
import type { ReleaseArgs } from "./helmRelease.ts";
import { removeEmptyNamespace } from "./namespaceScripts.ts";

/** An app and the hosts that its hops are made on. Plain values decide which resources exist. */
export interface HybridAppArgs {
  /** Where its proxy runs. */
  controlPlane: ControlPlane;
  /** The edges that take its requests, if it is on the internet. */
  edges: EdgeNode[];
  /** Its Service in the cluster. */
  service: { namespace: string; name: string; port: number; scheme: Scheme };
  /**
   * The Helm release that makes the Service.
   * @default the Service runs already
   */
  release?: ReleaseArgs;
  /**
   * TCP port of its proxy on the control plane's tailnet address.
   * @default no proxy: it is reached from inside the cluster alone
   */
  proxyPort?: number;
  /**
   * Whether its pods are on their nodes' own network (`hostNetwork: true`).
   * @default false
   */
  hostNetwork?: boolean;
  /**
   * Whether the whole internet may reach it, rather than the tailnet alone.
   * @default false
   */
  internet?: boolean;
  /**
   * Host names that clients on the internet ask for; the first names its routes. At least one with `internet`.
   * @default none
   */
  hosts?: string[];
  /**
   * Id of the Cloudflare zone for its records; needed with `internet`.
   * @default no zone
   */
  zoneId?: pulumi.Input<string>;
  /**
   * Whether its records are proxied by Cloudflare, which the edges then have to trust: see `VpsRoute`'s `cdn`.
   * @default false
   */
  cdn?: boolean;
  /** See `VpsRoute`. @default true */
  hsts?: boolean;
  /** See `VpsRoute`. @default everybody */
  allowFrom?: string[];
  /** See `VpsRoute`. @default no limit */
  rateLimit?: RateLimit;
  /** See `VpsRoute`. @default 192 */
  requestsInFlight?: number;
  /** See `VpsRoute`. @default none */
  middlewares?: Record<string, object>;
  /**
   * Accepted basic-auth users, as `htpasswd -nBC 10 NAME` prints them, one a line. Kept as a secret.
   * @default nobody is asked
   */
  basicAuthUsers?: pulumi.Input<string>;
  /**
   * The cluster to use.
   * @default what `KUBECONFIG` or `~/.kube/config` leads to
   */
  cluster?: ClusterArgs;
}

/**
 * One app from DNS record to pod: Helm release, proxy and, for an app on the internet, a route at each edge and a
 * record there for each of its hosts. An app that is not on the internet is for the tailnet: its proxy
 * lets in the tailnet, and no edge knows it. Without a proxy it is its release alone.
 *
 * ```ts
 * const photos = new HybridApp("immich", {
 *   controlPlane,
 *   edges,
 *   zoneId,
 *   service: { namespace: "immich", name: "immich-server", port: 2283, scheme: "http" },
 *   proxyPort: 8080,
 *   internet: true,
 *   hosts: ["photos.example.com"],
 * });
 * ```
 *
 * With `http-01` the record comes before the route, because the certificate is asked for as soon
 * as the route is there and the authority has to find the edge by then. With `dns-01` the record
 * comes last: nobody is sent to an edge that is not ready.
 */
export class HybridApp extends pulumi.ComponentResource {
  /** The URL that people use: on the internet, in the tailnet, or inside the cluster. */
  readonly url: pulumi.Output<string>;
  /** Who can reach it, and what stands in the way. */
  readonly exposure: Exposure;

  constructor(name: string, args: HybridAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:HybridApp", name, {}, opts);
    const check = new Checks(this, "HybridApp", name);
    const { release, service, proxyPort, internet = false } = args;

    this.exposure = describeExposure(args);
    const installed = release && this.install(name, release, args, childOptions(this, opts));
    if (proxyPort === undefined) {
      check.require(!internet, "proxyPort", proxyPort, "an app on the internet needs a proxy");
      this.url = pulumi.output(clusterUrl(service));
    } else if (internet) {
      const fix = "an app on the internet needs a host name";
      const [host, ...others] = check.nonEmpty("hosts", args.hosts ?? [], fix);
      const zoneId = check.given("zoneId", args.zoneId, "an app on the internet needs a zone for its record");
      const proxy = this.makeProxy(name, args, proxyPort, host, installed);
      this.publish(args, [host, ...others], zoneId, proxy);
      this.url = pulumi.output(publicUrl(host));
    } else {
      this.url = this.makeProxy(name, args, proxyPort, undefined, installed).url;
    }
    // What the policy pack judges.
    this.registerOutputs({ url: this.url, exposure: this.exposure });
  }

  /** The release, and what removes its namespace once it is gone. */
  private install(
    name: string,
    release: ReleaseArgs,
    { controlPlane, cluster }: HybridAppArgs,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    const namespace = new RemoteScript(
      `${name}-namespace`,
      {
        host: controlPlane.host,
        delete: removeEmptyNamespace(name, release.namespace),
        identity: ["namespace", release.namespace],
        concurrent: true,
      },
      opts,
    );
    return makeHelmRelease(
      `${name}-release`,
      { app: name, release, kubeconfig: cluster?.kubeconfig },
      pulumi.mergeOptions(opts, { provider: cluster?.provider, dependsOn: namespace }),
    );
  }

  /** The proxy, behind the release that makes its Service. @param host the app's own, if it is on the internet */
  private makeProxy(
    name: string,
    { controlPlane, edges, service, hostNetwork, cluster }: HybridAppArgs,
    port: number,
    host: string | undefined,
    release: pulumi.Resource | undefined,
  ): SocatProxy {
    const before = async () => {
      await checkService(await resolved(cluster?.kubeconfig), service).catch((error: unknown) => {
        if (!(error instanceof LookupError)) throw error;
        throw new Error(`HybridApp "${name}": service: ${error.message}`);
      });
    };
    return new SocatProxy(
      `${name}-proxy`,
      {
        controlPlane,
        service,
        port,
        // For the tailnet, its policy says who may connect.
        allow: host === undefined ? [tailnetRange] : edges,
        hostNetwork,
        publicUrl: host === undefined ? undefined : publicUrl(host),
        app: name,
        before,
      },
      { parent: this, dependsOn: release ? [release] : [] },
    );
  }

  /** At each edge a route for all hosts, and a record for each. */
  private publish(
    args: HybridAppArgs,
    hosts: [string, ...string[]],
    zoneId: pulumi.Input<string>,
    proxy: SocatProxy,
  ): void {
    for (const edge of args.edges) {
      const makeRecords = (dependsOn: pulumi.Resource[]) =>
        hosts.map((host) => this.makeRecord(edge, host, zoneId, args.cdn, dependsOn));
      if (edge.challenge === "dns-01") makeRecords([this.makeRoute(args, hosts, edge, proxy, [proxy])]);
      else this.makeRoute(args, hosts, edge, proxy, makeRecords([edge, proxy]));
    }
  }

  /**
   * One route for all hosts: Traefik counts requests by route. Route and records are named by hosts, not by the app: a
   * host that moves to another app is updated in its place, and one that an app gives up goes only when the app's new
   * one is there.
   */
  private makeRoute(
    { hsts, allowFrom, rateLimit, requestsInFlight, cdn, middlewares, basicAuthUsers }: HybridAppArgs,
    hosts: [string, ...string[]],
    edge: EdgeNode,
    proxy: SocatProxy,
    dependsOn: pulumi.Resource[],
  ): VpsRoute {
    const [host] = hosts;
    return new VpsRoute(
      `${host}-${edge.label}-route`,
      {
        edge,
        hosts,
        backend: proxy.url,
        proxy,
        hsts,
        allowFrom,
        rateLimit,
        requestsInFlight,
        cdn,
        middlewares,
        app: host,
        basicAuthUsers,
      },
      { parent: this, dependsOn },
    );
  }

  private makeRecord(
    edge: EdgeNode,
    host: string,
    zoneId: pulumi.Input<string>,
    proxied: boolean | undefined,
    dependsOn: pulumi.Resource[],
  ): DnsRecord {
    return new DnsRecord(
      `${host}-${edge.label}-record`,
      { zoneId, name: host, address: edge.publicIp, proxied },
      { parent: this, dependsOn },
    );
  }
}
