import * as pulumi from "@pulumi/pulumi";
import { Checks } from "./checks.ts";
import { childOptions } from "./childOptions.ts";
import type { EdgeNode } from "./edgeNode.ts";
import { RemoteScript } from "./remote/remoteScript.ts";
import { removeRoute, routeFile, setUpRoute } from "./render/routeScripts.ts";

/** One app's way through one edge. */
export interface VpsRouteArgs {
  /** The edge that takes the requests. */
  edge: EdgeNode;
  /** Host name that clients ask for, e.g. `photos.example.com`. */
  host: pulumi.Input<string>;
  /** URL that requests go on to: a proxy's. */
  backend: pulumi.Input<string>;
  /**
   * Whether browsers are told to use nothing but HTTPS for this host, for a year.
   * @default false
   * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Strict-Transport-Security
   */
  hsts?: pulumi.Input<boolean>;
  /**
   * What names the file on the edge, and router and service in it.
   * @default the component's name
   */
  app?: string;
}

/**
 * One file in Traefik's dynamic directory: HTTPS for a host name, with a certificate of its own.
 * Traefik takes it up while it runs; no other app notices.
 *
 * ```ts
 * new VpsRoute("grafana", { edge, host: "grafana.example.com", backend: proxy.url });
 * ```
 */
export class VpsRoute extends pulumi.ComponentResource {
  /** `https://<host>`. */
  readonly url: pulumi.Output<string>;
  /** The file's path on the edge. */
  readonly file: string;

  constructor(name: string, args: VpsRouteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:VpsRoute", name, {}, opts);
    const check = new Checks(this, "VpsRoute", name);

    const app = check.label("app", args.app ?? name);
    const host = pulumi.output(args.host).apply((one) => check.hostName("host", one));
    this.file = routeFile(app);
    this.url = pulumi.interpolate`https://${host}`;

    new RemoteScript(
      `${name}-file`,
      {
        host: args.edge.host,
        create: pulumi
          .all([host, args.backend, args.hsts])
          .apply(([hostName, backend, hsts]) =>
            setUpRoute({ app, host: hostName, backend, hsts: hsts ?? false }, args.edge.challenge),
          ),
        delete: removeRoute(app),
        identity: [this.file],
      },
      childOptions(this, opts, args.edge),
    );

    this.registerOutputs({ url: this.url });
  }
}
