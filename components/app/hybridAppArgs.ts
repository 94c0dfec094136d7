import type { ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release.js";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterArgs } from "../cluster/provider.ts";
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
  release?: AppReleaseArgs;
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
  /**
   * Changes of what the app is made of. `route` and `record` apply to each one, and get its name.
   * @default none
   */
  transform?: HybridAppTransform;
}

/** What can be changed of the parts of an app. */
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
