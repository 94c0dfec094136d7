import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AppSpec, ReleaseSpec } from "../config/index.ts";
import type { ControlPlane } from "./controlPlane.ts";
import { Checks } from "./checks.ts";
import { DnsRecord } from "./dnsRecord.ts";
import type { EdgeNode } from "./edgeNode.ts";
import { SocatProxy } from "./socatProxy.ts";
import { VpsRoute } from "./vpsRoute.ts";

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
   * The cluster to use.
   * @default the Kubernetes provider's own default (`KUBECONFIG`, `~/.kube/config`)
   */
  kubernetesProvider?: k8s.Provider;
}

/** Every address that Tailscale gives to a device: the tailnet's policy says who of them may connect. */
export const tailnetRange = "100.64.0.0/10";

/**
 * One app from DNS record to pod: Helm release, proxy and, for an app on the internet, a route
 * and a record for each edge. An app that is not on the internet is for the tailnet: its proxy
 * lets in the tailnet, and no edge knows it.
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
    const check = new Checks(this, "HybridApp", name);
    const { spec, controlPlane } = args;

    const service = this.findService(name, spec, args.kubernetesProvider);
    const publicUrl = spec.internet ? `https://${spec.host}` : undefined;
    const proxy = new SocatProxy(
      `${name}-proxy`,
      {
        controlPlane,
        service: spec.service,
        port: spec.proxyPort ?? 0,
        allow: spec.internet ? args.edges : [tailnetRange],
        publicUrl,
        app: name,
      },
      { parent: this, dependsOn: service },
    );
    if (spec.internet) this.publish(name, args, proxy);

    const portExists = service.spec.ports.apply((ports) =>
      check.require(
        ports.some(({ port }) => port === spec.service.port),
        "service.port",
        spec.service.port,
        `Service ${spec.service.namespace}/${spec.service.name} has ${ports.map(({ port }) => port).join(", ")}`,
      ),
    );
    this.url = pulumi.all([publicUrl ?? proxy.url, portExists]).apply(([url]) => url);
    this.registerOutputs({ url: this.url });
  }

  /** The app's Service: of a release that is made here, or of one that is there already. */
  private findService(name: string, spec: AppSpec, provider?: k8s.Provider): k8s.core.v1.Service {
    const opts = { parent: this, provider };
    if (spec.release === undefined) {
      return k8s.core.v1.Service.get(
        `${name}-service`,
        `${spec.service.namespace}/${spec.service.name}`,
        opts,
      );
    }
    const release = this.install(name, spec.release, opts);
    // An id that only the finished release knows: a literal one would be read before it exists.
    const id = pulumi.interpolate`${release.status.namespace}/${spec.service.name}`;
    return k8s.core.v1.Service.get(`${name}-service`, id, { ...opts, dependsOn: release });
  }

  private install(
    name: string,
    release: ReleaseSpec,
    opts: pulumi.CustomResourceOptions,
  ): k8s.helm.v3.Release {
    return new k8s.helm.v3.Release(
      `${name}-release`,
      {
        name: release.name,
        namespace: release.namespace,
        // Not a resource of its own: it may be there already, with a claim or a Secret that the chart wants,
        // and it holds the volumes that people's data is in, which removing an app must not delete.
        createNamespace: true,
        chart: release.chart,
        version: release.version,
        repositoryOpts: release.repository === undefined ? undefined : { repo: release.repository },
        values: release.values,
        timeout: release.timeoutSeconds,
      },
      opts,
    );
  }

  /** Route and record at each edge. */
  private publish(name: string, args: HybridAppArgs, proxy: SocatProxy): void {
    const { spec, zoneId } = args;
    const check = new Checks(this, "HybridApp", name);
    if (zoneId === undefined) {
      check.require(false, "zoneId", zoneId, "an app on the internet needs a zone for its record");
      return;
    }
    for (const edge of args.edges) {
      const makeRoute = (dependsOn: pulumi.Resource[]) =>
        new VpsRoute(
          `${name}-${edge.label}-route`,
          { edge, hosts: [spec.host], backend: proxy.url, hsts: spec.hsts, app: name },
          { parent: this, dependsOn },
        );
      const makeRecord = (dependsOn: pulumi.Resource[]) =>
        new DnsRecord(
          `${name}-${edge.label}-record`,
          { zoneId, name: spec.host, address: edge.publicIp },
          { parent: this, dependsOn },
        );
      if (edge.challenge === "dns-01") makeRecord([makeRoute([proxy])]);
      else makeRoute([makeRecord([edge, proxy])]);
    }
  }
}
