import type { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { AppSpec, ReleaseSpec } from "../../config/index.ts";
import type { ControlPlane } from "../controlPlane/controlPlane.ts";
import { Checks } from "../inputs/checks.ts";
import { childOptions } from "../inputs/childOptions.ts";
import { DnsRecord } from "../dns/dnsRecord.ts";
import type { EdgeNode } from "../edge/edgeNode.ts";
import { describeExposure, factsOf } from "./exposure.ts";
import { makeHelmRelease } from "./helmRelease.ts";
import { LookupError } from "../../lookups/failure.ts";
import { checkService } from "../cluster/service.ts";
import { RemoteScript } from "../host/remoteScript.ts";
import { removeEmptyNamespace } from "./namespaceScripts.ts";
import { tailnetRange } from "../inputs/networks.ts";
import { resolved } from "../inputs/resolved.ts";
import { SocatProxy } from "../proxy/socatProxy.ts";
import { clusterUrl } from "../../exposure/topology.ts";
import { VpsRoute } from "../route/vpsRoute.ts";

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

  constructor(name: string, args: HybridAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:HybridApp", name, {}, opts);
    const { spec } = args;
    const check = new Checks(this, "HybridApp", name);
    check.require(spec.proxy || !spec.internet, "proxy", spec.proxy, "an app on the internet needs a proxy");

    const release = spec.release && this.install(name, spec.release, args, childOptions(this, opts));
    if (spec.proxy) {
      const proxy = this.makeProxy(name, args, release ? [release] : []);
      if (spec.internet) this.publish(name, args, proxy);
      this.url = spec.internet ? pulumi.output(`https://${spec.host}`) : proxy.url;
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
  ): Release {
    const namespace = new RemoteScript(
      `${name}-namespace`,
      {
        host: args.controlPlane.host,
        delete: removeEmptyNamespace(name, spec.namespace),
        identity: ["namespace", spec.namespace],
        concurrent: true,
      },
      opts,
    );
    return makeHelmRelease(
      `${name}-release`,
      { app: name, spec, kubeconfig: args.kubeconfig },
      pulumi.mergeOptions(opts, { provider: args.kubernetesProvider, dependsOn: namespace }),
    );
  }

  private makeProxy(
    name: string,
    { spec, controlPlane, edges, kubeconfig }: HybridAppArgs,
    dependsOn: pulumi.Resource[],
  ): SocatProxy {
    const check = new Checks(this, "HybridApp", name);
    check.require(
      spec.proxyPort !== undefined,
      "proxyPort",
      spec.proxyPort,
      "name a port, or say proxy: false",
    );
    const before = async () => {
      await checkService(await resolved(kubeconfig), spec.service).catch((error: unknown) => {
        if (!(error instanceof LookupError)) throw error;
        throw new Error(`HybridApp "${name}": service: ${error.message}`);
      });
    };
    return new SocatProxy(
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
    { spec, basicAuthUsers }: HybridAppArgs,
    edge: EdgeNode,
    proxy: SocatProxy,
    dependsOn: pulumi.Resource[],
  ): VpsRoute {
    const { host, hosts, hsts, allowFrom, rateLimit, requestsInFlight, cdn, middlewares } = spec;
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
        basicAuthUsers: spec.basicAuth ? basicAuthUsers : undefined,
      },
      { parent: this, dependsOn },
    );
  }

  private makeRecord(
    { spec, zoneId = "" }: HybridAppArgs,
    edge: EdgeNode,
    host: string,
    dependsOn: pulumi.Resource[],
  ): DnsRecord {
    return new DnsRecord(
      `${host}-${edge.label}-record`,
      { zoneId, name: host, address: edge.publicIp, proxied: spec.cdn },
      { parent: this, dependsOn },
    );
  }
}
