import type { ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release.js";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterConnection } from "../cluster/provider.ts";
import type { ControlPlane } from "../controlPlane/controlPlane.ts";
import type { DnsRecordArgs } from "../dns/dnsRecord.ts";
import type { EdgeNode } from "../edge/edgeNode.ts";
import type { RemoteScriptArgs } from "../host/remoteScript.ts";
import type { Transform } from "../inputs/transform.ts";
import type { Scheme } from "../proxy/setup.ts";
import type { SocatProxyArgs } from "../proxy/socatProxy.ts";
import type { RateLimit } from "../route/middlewares.ts";
import type { VpsRouteArgs } from "../route/vpsRoute.ts";
import type { AppReleaseArgs } from "./helmRelease.ts";

/** An app and the hosts that it runs on. Plain values decide which resources exist. */
export interface HybridAppArgs {
  /** The control plane that runs its proxy. */
  controlPlane: ControlPlane;
  /** The edges that publish it, if it is on the internet. */
  edges: EdgeNode[];
  /** Its Service in the cluster. */
  service: { namespace: string; name: string; port: number; scheme: Scheme };
  /**
   * The Helm release that creates the Service.
   * @default the Service runs already
   */
  release?: AppReleaseArgs;
  /**
   * TCP port of its proxy on the control plane's tailnet address.
   * @default no proxy: only the cluster reaches it
   */
  proxyPort?: number;
  /**
   * Whether its pods use their node's network (`hostNetwork: true`).
   * @default false
   */
  hostNetwork?: boolean;
  /**
   * Whether it is on the internet, rather than in the tailnet alone.
   * @default false
   */
  internet?: boolean;
  /**
   * Its host names on the internet; the first names its routes. `internet` requires at least one.
   * @default none
   */
  hosts?: string[];
  /**
   * Id of the Cloudflare zone of its records; `internet` requires it.
   * @default no zone
   */
  zoneId?: pulumi.Input<string>;
  /**
   * Whether its records are proxied by Cloudflare. The edges then have to trust Cloudflare: see `VpsRoute`'s `cdn`.
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
  middlewares?: object[];
  /**
   * Accepted basic-auth users, as `htpasswd -nBC 10 NAME` prints them, one per line. Kept as a secret.
   * @default no password is required
   */
  basicAuthUsers?: pulumi.Input<string>;
  /**
   * The cluster to use: from `connectCluster`.
   * @default the cluster of `KUBECONFIG` or `~/.kube/config`
   */
  cluster?: ClusterConnection;
  /**
   * Changes to the app's parts. `route` and `record` are called for each one, with its name.
   * @default none
   */
  transform?: HybridAppTransform;
}

/** Changes to the parts of an app. */
export interface HybridAppTransform {
  /** The script that removes the namespace once it is empty. */
  namespace?: Transform<RemoteScriptArgs>;
  /**
   * The Helm release; its name and namespace must stay those of `release`.
   * @see https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/
   */
  release?: Transform<ReleaseArgs>;
  proxy?: Transform<SocatProxyArgs, pulumi.ComponentResourceOptions>;
  route?: Transform<VpsRouteArgs, pulumi.ComponentResourceOptions>;
  record?: Transform<DnsRecordArgs, pulumi.ComponentResourceOptions>;
}
