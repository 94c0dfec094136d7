import type { Release, ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { AsyncResource } from "node:async_hooks";
import type { AppSpec, ReleaseSpec } from "../../config/index.ts";
import type { ControlPlane } from "../controlPlane/controlPlane.ts";
import { Checks } from "../inputs/checks.ts";
import { childOptions } from "../inputs/childOptions.ts";
import { create, type Transform } from "../inputs/transform.ts";
import { DnsRecord, type DnsRecordArgs } from "../dns/dnsRecord.ts";
import type { EdgeNode } from "../edge/edgeNode.ts";
import { describeExposure, factsOf } from "./exposure.ts";
import { makeHelmRelease } from "./helmRelease.ts";
import { LookupError } from "../../lookups/failure.ts";
import { checkService } from "../cluster/service.ts";
import { RemoteScript, type RemoteScriptArgs } from "../host/remoteScript.ts";
import { removeEmptyNamespace } from "./namespaceScripts.ts";
import { tailnetRange } from "../inputs/networks.ts";
import { resolved } from "../inputs/resolved.ts";
import { SocatProxy, type SocatProxyArgs } from "../proxy/socatProxy.ts";
import { clusterUrl } from "../../exposure/topology.ts";
import { VpsRoute, type VpsRouteArgs } from "../route/vpsRoute.ts";

/** What an app's hops are made on. */
export interface HybridAppArgs {
  /** The app; plain, since it decides which resources exist. */
  spec: AppSpec;
  /** Where its proxy runs. */
  controlPlane: ControlPlane;
  /** The edges that take its requests, if it is on the internet. */
  edges: EdgeNode[];
  /**
   * Id of the Cloudflare zone for its records; needed by an app on the internet.
   * @default no zone
   */
  zoneId?: pulumi.Input<string>;
  /**
   * Users of whom one must log in at the edge, as `htpasswd -nBC 10 NAME` prints them, one a line; needed by an app with
   * `basicAuth`. Kept as a secret.
   * @default no users
   */
  basicAuthUsers?: pulumi.Input<string>;
  /**
   * The cluster to use.
   * @default the Kubernetes provider's own default (`KUBECONFIG`, `~/.kube/config`)
   */
  kubernetesProvider?: Provider;
  /**
   * The same cluster, for a look at the Service, and into what Helm remembers of an interrupted run.
   * @default `KUBECONFIG`, `~/.kube/config`
   */
  kubeconfig?: pulumi.Input<string>;
  /**
   * Changes of what the app is made of. `route` and `record` apply to each one, and are told its name.
   * @default none
   */
  transform?: {
    /** The script that removes the namespace once it is empty. */
    namespace?: Transform<RemoteScriptArgs>;
    /**
     * The Helm release; its name and namespace have to stay those of `spec`.
     * @see https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/
     */
    release?: Transform<ReleaseArgs>;
    proxy?: Transform<SocatProxyArgs, pulumi.ComponentResourceOptions>;
    route?: Transform<VpsRouteArgs, pulumi.ComponentResourceOptions>;
    record?: Transform<DnsRecordArgs, pulumi.ComponentResourceOptions>;
  };
}

/**
 * One app from DNS record to pod: Helm release, proxy and, for an app on the internet, a route at each edge and a
 * record there for each of its hosts. An app that is not on the internet is for the tailnet: its proxy
 * lets in the tailnet, and no edge knows it. With `proxy: false` it is its release alone.
 *
 * ```ts
 * const photos = new HybridApp("immich", { spec, controlPlane, edges, zoneId });
 * ```
 *
 * With `http-01` the record comes before the route, because the certificate is asked for as soon
 * as the route is there and the authority has to find the edge by then. With `dns-01` the record
 * comes last: nobody is sent to an edge that is not ready.
 */
export class HybridApp extends pulumi.ComponentResource {
  /** The URL that people use. */
  readonly url: pulumi.Output<string>;
  /** The script that removes the release's namespace once it is empty. */
  readonly namespace: RemoteScript | undefined;
  /** Its Helm release, if it has one. */
  readonly release: Release | undefined;
  /** Its proxy, if it has one. */
  readonly proxy: SocatProxy | undefined;
  /** Its routes, one at each edge. */
  readonly routes: VpsRoute[] = [];
  /** Its records, one for each host at each edge. */
  readonly records: DnsRecord[] = [];

  constructor(name: string, args: HybridAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:HybridApp", name, {}, opts);
    const { spec } = args;
    const check = new Checks(this, "HybridApp", name);
    check.require(spec.proxy || !spec.internet, "proxy", spec.proxy, "an app on the internet needs a proxy");

    const installed = spec.release && this.install(name, spec.release, args, childOptions(this, opts));
    this.namespace = installed?.namespace;
    this.release = installed?.release;
    if (spec.proxy) {
      this.proxy = this.makeProxy(name, args, this.release ? [this.release] : []);
      if (spec.internet) this.publish(name, args, this.proxy);
      this.url = spec.internet ? pulumi.output(`https://${spec.host}`) : this.proxy.url;
    } else {
      this.url = pulumi.output(clusterUrl(spec));
    }
    // What the policy pack judges.
    this.registerOutputs({ url: this.url, exposure: describeExposure(spec), safety: factsOf(spec) });
  }

  /** The release, and what removes its namespace once it is gone. */
  private install(
    name: string,
    spec: ReleaseSpec,
    args: HybridAppArgs,
    opts: pulumi.CustomResourceOptions,
  ): { namespace: RemoteScript; release: Release } {
    const namespace = new RemoteScript(
      `${name}-namespace`,
      {
        host: args.controlPlane.host,
        delete: removeEmptyNamespace(name, spec.namespace),
        identity: ["namespace", spec.namespace],
        concurrent: true,
        transform: args.transform?.namespace,
      },
      opts,
    );
    const release = makeHelmRelease(
      `${name}-release`,
      { app: name, spec, kubeconfig: args.kubeconfig, transform: args.transform?.release },
      pulumi.mergeOptions(opts, { provider: args.kubernetesProvider, dependsOn: namespace }),
    );
    return { namespace, release };
  }

  private makeProxy(
    name: string,
    { spec, controlPlane, edges, kubeconfig, transform }: HybridAppArgs,
    dependsOn: pulumi.Resource[],
  ): SocatProxy {
    const check = new Checks(this, "HybridApp", name);
    check.require(
      spec.proxyPort !== undefined,
      "proxyPort",
      spec.proxyPort,
      "name a port, or say proxy: false",
    );
    // An engine calls it from outside of the run that it belongs to: bound, it knows the run.
    const before = AsyncResource.bind(async () => {
      await checkService(await resolved(kubeconfig), spec.service).catch((error: unknown) => {
        if (!(error instanceof LookupError)) throw error;
        throw new Error(`HybridApp "${name}": service: ${error.message}`);
      });
    });
    return create(
      SocatProxy,
      transform?.proxy,
      `${name}-proxy`,
      {
        controlPlane,
        service: spec.service,
        port: spec.proxyPort ?? 0,
        // For the tailnet, its policy says who may connect.
        allow: spec.internet ? edges : [tailnetRange],
        hostNetwork: spec.hostNetwork,
        publicUrl: spec.internet ? `https://${spec.host}` : undefined,
        app: name,
        before,
      },
      { parent: this, dependsOn },
    );
  }

  /** At each edge a route for all hosts, and a record for each. */
  private publish(name: string, args: HybridAppArgs, proxy: SocatProxy): void {
    const { spec, zoneId } = args;
    const check = new Checks(this, "HybridApp", name);
    const hasUsers = args.basicAuthUsers !== undefined;
    check.require(
      !spec.basicAuth || hasUsers,
      "basicAuthUsers",
      undefined,
      "an app with basicAuth needs users",
    );
    if (zoneId === undefined) {
      check.require(false, "zoneId", zoneId, "an app on the internet needs a zone for its record");
      return;
    }
    for (const edge of args.edges) {
      const makeRecords = (dependsOn: pulumi.Resource[]) =>
        spec.hosts.map((host) => this.makeRecord({ ...args, zoneId }, edge, host, dependsOn));
      if (edge.challenge === "dns-01") makeRecords([this.makeRoute(args, edge, proxy, [proxy])]);
      else this.makeRoute(args, edge, proxy, makeRecords([edge, proxy]));
    }
  }

  /**
   * One route for all hosts: Traefik counts requests by route. Route and records are named by hosts, not by the app: a
   * host that moves to another app is updated in its place, and one that an app gives up goes only when the app's new
   * one is there.
   */
  private makeRoute(
    { spec, basicAuthUsers, transform }: HybridAppArgs,
    edge: EdgeNode,
    proxy: SocatProxy,
    dependsOn: pulumi.Resource[],
  ): VpsRoute {
    const { host, hosts, hsts, allowFrom, rateLimit, requestsInFlight, cdn, middlewares } = spec;
    const route = create(
      VpsRoute,
      transform?.route,
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
        basicAuthUsers: spec.basicAuth ? basicAuthUsers : undefined,
      },
      { parent: this, dependsOn },
    );
    this.routes.push(route);
    return route;
  }

  private makeRecord(
    { spec, zoneId = "", transform }: HybridAppArgs,
    edge: EdgeNode,
    host: string,
    dependsOn: pulumi.Resource[],
  ): DnsRecord {
    const record = create(
      DnsRecord,
      transform?.record,
      `${host}-${edge.label}-record`,
      { zoneId, name: host, address: edge.publicIp, proxied: spec.cdn },
      { parent: this, dependsOn },
    );
    this.records.push(record);
    return record;
  }
}
