import type { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import { checkService } from "../cluster/service.ts";
import { DnsRecord } from "../dns/dnsRecord.ts";
import type { EdgeNode } from "../edge/edgeNode.ts";
import { RemoteScript } from "../host/remoteScript.ts";
import { Checks } from "../inputs/checks.ts";
import { childOptions } from "../inputs/childOptions.ts";
import { lookupFailure } from "./lookupFailure.ts";
import { tailnetRange } from "../inputs/networks.ts";
import { resolved } from "../inputs/resolved.ts";
import { create } from "../inputs/transform.ts";
import { clusterUrl, publicUrl } from "../names.ts";
import { SocatProxy } from "../proxy/socatProxy.ts";
import { VpsRoute } from "../route/vpsRoute.ts";
import { describeExposure } from "./exposure.ts";
import type { Exposure } from "./exposure.ts";
import { makeHelmRelease } from "./helmRelease.ts";
import type { AppReleaseArgs } from "./helmRelease.ts";
import type { HybridAppArgs } from "./hybridAppArgs.ts";
import { removeEmptyNamespace } from "./namespaceScripts.ts";

/**
 * One app from DNS record to pod: Helm release and proxy. For an app on the internet, each edge gets a route, and a
 * record for each host. The proxy of any other app accepts the tailnet, and no edge routes to it. An app without a
 * proxy is only its release.
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
 * With `http-01` the record is created before the route. Traefik requests the certificate as soon as the route exists,
 * and the authority has to find the edge by then. With `dns-01` the record is created last, so visitors never reach an
 * edge that is not ready.
 */
export class HybridApp extends pulumi.ComponentResource {
  /** The URL for users: on the internet, in the tailnet, or inside the cluster. */
  readonly url: pulumi.Output<string>;
  /** Who can reach it, and through which checks. */
  readonly exposure: Exposure;
  /** The script that removes the release's namespace once it is empty. */
  readonly namespace: RemoteScript | undefined;
  /** Its Helm release, if it has one. */
  readonly release: Release | undefined;
  /** Its proxy, if it has one. */
  readonly proxy: SocatProxy | undefined;
  /** Its routes, one per edge. */
  readonly routes: VpsRoute[] = [];
  /** Its records, one per host and edge. */
  readonly records: DnsRecord[] = [];

  constructor(name: string, args: HybridAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:HybridApp", name, {}, opts);
    const check = new Checks(this, "HybridApp", name);
    const { service, proxyPort } = args;

    this.exposure = describeExposure(args);
    const { internet } = this.exposure;
    const installed = args.release && this.install(name, args.release, args, childOptions(this, opts));
    this.namespace = installed?.namespace;
    this.release = installed?.release;
    if (proxyPort === undefined) {
      check.require(!internet, "proxyPort", proxyPort, "set it: an app on the internet needs a proxy");
      this.url = pulumi.output(clusterUrl(service));
    } else if (internet) {
      const fix = "set at least one: an app on the internet needs a host name";
      const [host, ...others] = check.nonEmpty("hosts", args.hosts ?? [], fix);
      const zoneId = check.given(
        "zoneId",
        args.zoneId,
        "set it: an app on the internet needs a zone for its records",
      );
      this.proxy = this.makeProxy(name, args, proxyPort, host);
      this.publish(args, [host, ...others], zoneId, this.proxy);
      this.url = pulumi.output(publicUrl(host));
    } else {
      this.proxy = this.makeProxy(name, args, proxyPort, undefined);
      this.url = this.proxy.url;
    }
    // The policy pack checks these.
    this.registerOutputs({ url: this.url, exposure: this.exposure });
  }

  /** The release, and the script that removes its namespace afterwards. */
  private install(
    name: string,
    release: AppReleaseArgs,
    { controlPlane, cluster, transform }: HybridAppArgs,
    opts: pulumi.CustomResourceOptions,
  ): { namespace: RemoteScript; release: Release } {
    const namespace = new RemoteScript(
      `${name}-namespace`,
      {
        host: controlPlane.host,
        delete: removeEmptyNamespace(name, release.namespace),
        identity: ["namespace", release.namespace],
        concurrent: true,
        transform: transform?.namespace,
      },
      opts,
    );
    const made = makeHelmRelease(
      `${name}-release`,
      { app: name, release, kubeconfig: cluster?.kubeconfig, transform: transform?.release },
      pulumi.mergeOptions(opts, { provider: cluster?.provider, dependsOn: namespace }),
    );
    return { namespace, release: made };
  }

  /**
   * The proxy, created after the release, which creates its Service. @param host the app's main one, if on the internet
   */
  private makeProxy(
    name: string,
    { controlPlane, edges, service, hostNetwork, cluster, transform }: HybridAppArgs,
    port: number,
    host: string | undefined,
  ): SocatProxy {
    const before = async () => {
      await checkService(await resolved(cluster?.kubeconfig), service).catch((error: unknown) => {
        throw lookupFailure(name, "service", error);
      });
    };
    return create(
      SocatProxy,
      transform?.proxy,
      `${name}-proxy`,
      {
        controlPlane,
        service,
        port,
        // For a tailnet app, the tailnet policy decides who may connect.
        allow: host === undefined ? [tailnetRange] : edges,
        hostNetwork,
        publicUrl: host === undefined ? undefined : publicUrl(host),
        app: name,
        before,
      },
      { parent: this, dependsOn: this.release ? [this.release] : [] },
    );
  }

  /** A route for all hosts at each edge, and a record for each host. */
  private publish(
    args: HybridAppArgs,
    hosts: [string, ...string[]],
    zoneId: pulumi.Input<string>,
    proxy: SocatProxy,
  ): void {
    for (const edge of args.edges) {
      const makeRecords = (dependsOn: pulumi.Resource[]) =>
        hosts.map((host) => this.makeRecord(args, edge, host, zoneId, dependsOn));
      if (edge.challenge === "dns-01") makeRecords([this.makeRoute(args, hosts, edge, proxy, [proxy])]);
      else this.makeRoute(args, hosts, edge, proxy, makeRecords([edge, proxy]));
    }
  }

  /**
   * One route for all hosts: Traefik rate limits per route. Route and records are named by host, not by app. A host
   * that moves to another app is updated in place, and an app's former host is removed only after its new one exists.
   */
  private makeRoute(
    args: HybridAppArgs,
    hosts: [string, ...string[]],
    edge: EdgeNode,
    proxy: SocatProxy,
    dependsOn: pulumi.Resource[],
  ): VpsRoute {
    const { hsts, allowFrom, rateLimit, requestsInFlight, cdn, middlewares, basicAuthUsers } = args;
    const [host] = hosts;
    const route = create(
      VpsRoute,
      args.transform?.route,
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
    this.routes.push(route);
    return route;
  }

  private makeRecord(
    { cdn: proxied, transform }: HybridAppArgs,
    edge: EdgeNode,
    host: string,
    zoneId: pulumi.Input<string>,
    dependsOn: pulumi.Resource[],
  ): DnsRecord {
    const record = create(
      DnsRecord,
      transform?.record,
      `${host}-${edge.label}-record`,
      { zoneId, name: host, address: edge.publicIp, proxied },
      { parent: this, dependsOn },
    );
    this.records.push(record);
    return record;
  }
}
