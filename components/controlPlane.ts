import * as pulumi from "@pulumi/pulumi";
import { Checks } from "./checks.ts";
import { childOptions } from "./childOptions.ts";
import { k3sNetworks } from "./lookups/clusterNetworks.ts";
import { RemoteHost } from "./remote/connection.ts";
import type { SshArgs } from "./remote/connection.ts";
import { RemoteScript } from "./remote/remoteScript.ts";
import { enableFirewall, restoreFirewall } from "./render/firewallScripts.ts";
import { removeProxyTools, setUpProxyTools } from "./render/proxyTools.ts";
import { controlPlaneRules } from "./render/ufw.ts";

/** What a control plane is. */
export interface ControlPlaneArgs {
  /** Its IPv4 address in the tailnet: where the proxies listen. */
  tailnetIp: pulumi.Input<string>;
  /** ClusterIP of the cluster's DNS Service (`kube-system/kube-dns`). */
  clusterDns: pulumi.Input<string>;
  /**
   * The cluster's pod and Service networks: the only ones that a proxy connects to, and the ones that UFW lets in.
   * @default ["10.42.0.0/16", "10.43.0.0/16"], the defaults of k3s
   * @see https://docs.k3s.io/networking/basic-network-options
   */
  clusterCidrs?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * IPv4 addresses of the cluster's nodes. Needed by a proxy with `hostNetwork`: the pods behind its Service have no
   * addresses of their own, and connections to the Service end at their nodes'. They go into that proxy's unit and
   * nowhere else: UFW lets nobody in for them.
   * @default none
   */
  nodeAddresses?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The cluster's DNS domain, below which the proxies look up Services.
   * @default "cluster.local"
   * @see https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
   */
  clusterDomain?: pulumi.Input<string>;
  /** How it is reached. */
  ssh: SshArgs;
}

const firewallComment = "mynodeone:control-plane";

/**
 * The Kubernetes host at home, made ready for proxies: socat, nftables and UFW are there, UFW runs
 * and leaves the cluster's own traffic alone. Packages stay when it is removed.
 *
 * ```ts
 * const controlPlane = new ControlPlane("home", { tailnetIp: "100.64.0.2", clusterDns: "10.43.0.10", ssh });
 * ```
 */
export class ControlPlane extends pulumi.ComponentResource {
  /** Its IPv4 address in the tailnet. */
  readonly tailnetIp: pulumi.Output<string>;
  /** ClusterIP of the cluster's DNS Service. */
  readonly clusterDns: pulumi.Output<string>;
  /** The cluster's pod and Service networks. */
  readonly clusterCidrs: pulumi.Output<string[]>;
  /** IPv4 addresses of the cluster's nodes, as far as they were given. */
  readonly nodeAddresses: pulumi.Output<string[]>;
  /** The cluster's DNS domain. */
  readonly clusterDomain: pulumi.Output<string>;
  /** Where scripts run. */
  readonly host: RemoteHost;

  constructor(name: string, args: ControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:ControlPlane", name, {}, opts);
    const check = new Checks(this, "ControlPlane", name);

    this.host = new RemoteHost(args.ssh);
    this.tailnetIp = pulumi.output(args.tailnetIp).apply((ip) => check.tailnetAddress("tailnetIp", ip));
    this.clusterDns = pulumi.output(args.clusterDns).apply((ip) => check.clusterAddress("clusterDns", ip));
    this.clusterCidrs = pulumi
      .output(args.clusterCidrs)
      .apply((cidrs) => cidrs ?? k3sNetworks)
      .apply((cidrs) => cidrs.map((cidr) => check.clusterNetwork("clusterCidrs", cidr)));
    this.nodeAddresses = pulumi
      .output(args.nodeAddresses)
      .apply((nodes) => (nodes ?? []).map((node) => check.ipv4("nodeAddresses", node)));
    this.clusterDomain = pulumi
      .output(args.clusterDomain)
      .apply((domain) => check.domain("clusterDomain", domain ?? "cluster.local"));

    new RemoteScript(
      `${name}-firewall`,
      {
        host: this.host,
        create: pulumi
          .all([this.host.sshPort, this.clusterCidrs])
          .apply(([sshPort, cidrs]) => enableFirewall(firewallComment, sshPort, controlPlaneRules(cidrs))),
        delete: this.host.sshPort.apply((port) => restoreFirewall(firewallComment, port)),
        identity: [firewallComment],
      },
      childOptions(this, opts),
    );
    new RemoteScript(
      `${name}-proxy-tools`,
      {
        host: this.host,
        create: this.clusterDns.apply(setUpProxyTools),
        delete: removeProxyTools(),
        identity: ["proxy-tools"],
      },
      childOptions(this, opts),
    );

    this.registerOutputs({ tailnetIp: this.tailnetIp, clusterDns: this.clusterDns });
  }
}
