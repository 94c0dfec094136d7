import * as pulumi from "@pulumi/pulumi";
import { Checks } from "../inputs/checks.ts";
import { childOptions } from "../inputs/childOptions.ts";
import type { Transform } from "../inputs/transform.ts";
import type { ControlPlane } from "../controlPlane/controlPlane.ts";
import { EdgeNode } from "../edge/edgeNode.ts";
import { RemoteScript, type RemoteScriptArgs } from "../host/remoteScript.ts";
import { removeProxy, setUpProxy } from "./scripts.ts";
import type { Scheme } from "./setup.ts";

/** A Service in the cluster. */
export interface ServiceArgs {
  /** Its namespace. */
  namespace: pulumi.Input<string>;
  /** Its name. */
  name: pulumi.Input<string>;
  /** The Service's port (not the container's). */
  port: pulumi.Input<number>;
  /**
   * Protocol of the Service on that port. The proxy passes it through; its URL, and the edges, use it.
   * @default "http"
   */
  scheme?: pulumi.Input<Scheme>;
}

/** Inputs of a proxy. */
export interface SocatProxyArgs {
  /** The control plane that it runs on. */
  controlPlane: ControlPlane;
  /** Target of its connections. */
  service: ServiceArgs;
  /** TCP port to listen on at the control plane's tailnet address; 1024 or above. */
  port: pulumi.Input<number>;
  /**
   * Who may connect: edges, or IPv4 addresses and networks in the tailnet. At least one. An edge of the control plane
   * must be listed itself; a network that contains it has no effect.
   */
  allow: EdgeNode[] | pulumi.Input<string>[];
  /**
   * Whether the Service's pods use their node's network (`hostNetwork: true`). The proxy may then also connect to the
   * control plane's `nodeAddresses`.
   * @default false
   */
  hostNetwork?: pulumi.Input<boolean>;
  /**
   * The URL for users, written to `~/.mynodeone/proxy-urls.env`.
   * @default the proxy's own URL
   */
  publicUrl?: pulumi.Input<string>;
  /**
   * Part of the names of units (`<app>-proxy.socket`, `<app>-proxy.service`), firewall rules and variables.
   * @default the component's name
   */
  app?: string;
  /**
   * Called before the unit is created or changed; an error that it throws prevents that.
   * @default nothing is called
   */
  before?: () => Promise<void>;
  /**
   * A change to the script that writes the units.
   * @default none
   */
  transform?: { unit?: Transform<RemoteScriptArgs> };
}

/**
 * A TCP proxy from the control plane's tailnet address to a Service in the cluster. It is a sandboxed unit with a socat
 * per connection, and accepts only `allow`.
 *
 * systemd holds the port, so no other user of the host can bind it while the unit restarts. Changing the unit keeps
 * open connections; changing the port or stopping the socket with `systemctl stop` ends them. At most 256 connections
 * per client and 320 in total are open; further ones are refused.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html
 *
 * ```ts
 * const proxy = new SocatProxy("grafana", {
 *   controlPlane,
 *   service: { namespace: "monitoring", name: "grafana", port: 80 },
 *   port: 8095,
 *   allow: edges,
 * });
 * ```
 */
export class SocatProxy extends pulumi.ComponentResource {
  /** `http://<tailnet address>:<port>`, or `https://…` if the Service uses HTTPS. */
  readonly url: pulumi.Output<string>;
  /** The port it listens on. */
  readonly port: pulumi.Output<number>;
  /** The IPv4 address that it listens on: the control plane's in the tailnet. */
  readonly address: pulumi.Output<string>;
  /** The app it belongs to. */
  readonly app: string;
  /** The script that writes the units, and their names. */
  readonly unit: RemoteScript;

  constructor(name: string, args: SocatProxyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:SocatProxy", name, {}, opts);
    const check = new Checks(this, "SocatProxy", name);
    const { controlPlane } = args;

    const app = check.label("app", args.app ?? name);
    void check.require(args.allow.length > 0, "allow", args.allow, "name at least one client");
    const allow = pulumi
      .all(args.allow.map((client) => (client instanceof EdgeNode ? client.tailnetIp : client)))
      .apply((clients) => clients.map((client) => check.tailnetNetwork("allow", client)));
    this.app = app;
    this.address = controlPlane.tailnetIp;
    this.port = pulumi.output(args.port).apply((port) => check.port("port", port, 1024));
    const service = pulumi.output(args.service).apply((one) => ({
      namespace: check.label("service.namespace", one.namespace),
      name: check.label("service.name", one.name),
      port: check.port("service.port", one.port),
      scheme: check.oneOf("service.scheme", one.scheme ?? "http", ["http", "https"]),
    }));
    this.url = pulumi.interpolate`${service.scheme}://${controlPlane.tailnetIp}:${this.port}`;
    const nodeAddresses = pulumi
      .all([args.hostNetwork, controlPlane.nodeAddresses])
      .apply(([hostNetwork = false, nodes]) => {
        const fix = "set nodeAddresses of the control plane";
        check.require(!hostNetwork || nodes.length > 0, "hostNetwork", hostNetwork, fix);
        return hostNetwork ? nodes : [];
      });

    this.unit = new RemoteScript(
      `${name}-unit`,
      {
        host: controlPlane.host,
        create: pulumi
          .output({
            address: controlPlane.tailnetIp,
            port: this.port,
            allow,
            service,
            clusterCidrs: controlPlane.clusterCidrs,
            nodeAddresses,
            clusterDomain: controlPlane.clusterDomain,
            clusterDns: controlPlane.clusterDns,
            publicUrl: args.publicUrl,
            proxyUrl: this.url,
            user: controlPlane.host.user,
          })
          .apply((proxy) =>
            setUpProxy({
              ...proxy,
              app,
              publicUrl: proxy.publicUrl ?? proxy.proxyUrl,
            }),
          ),
        delete: controlPlane.host.user.apply((user) => removeProxy(app, user)),
        identity: ["proxy", app],
        transform: args.transform?.unit,
      },
      {
        ...childOptions(this, opts, controlPlane),
        ...(args.before ? { hooks: { beforeCreate: [args.before], beforeUpdate: [args.before] } } : {}),
      },
    );

    this.registerOutputs({ url: this.url, port: this.port });
  }
}
