import * as pulumi from "@pulumi/pulumi";
import { Checks } from "../inputs/checks.ts";
import { childOptions } from "../inputs/childOptions.ts";
import type { Transform } from "../inputs/transform.ts";
import { k3sNetworks } from "../inputs/networks.ts";
import { RemoteHost } from "../host/connection.ts";
import type { SshArgs } from "../host/connection.ts";
import { RemoteScript, type RemoteScriptArgs } from "../host/remoteScript.ts";
import { podTargets, removeClusterTable, setUpClusterTable, type PodTarget } from "./clusterTable.ts";
import { removeEdgesTable, setUpEdgesTable } from "./edgesTable.ts";
import { enableFirewall, restoreFirewall } from "../host/firewall/scripts.ts";
import { removeProxyTools, setUpProxyTools } from "./proxyTools.ts";
import { controlPlaneRules, homePorts } from "../host/firewall/ufw.ts";

/** Inputs of a control plane. */
export interface ControlPlaneArgs {
  /** Its IPv4 address in the tailnet, where the proxies listen. */
  tailnetIp: pulumi.Input<string>;
  /** ClusterIP of the cluster's DNS Service (`kube-system/kube-dns`). */
  clusterDns: pulumi.Input<string>;
  /**
   * The cluster's pod and Service networks: the only ones that proxies connect to, and the ones that UFW allows.
   * @default ["10.42.0.0/16", "10.43.0.0/16"], the defaults of k3s
   * @see https://docs.k3s.io/networking/basic-network-options
   */
  clusterCidrs?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * IPv4 addresses of the cluster's nodes. A proxy with `hostNetwork` needs them: the pods behind its Service use their
   * nodes' addresses. They are allowed in that proxy's unit, and matter with `podsOverLan`. UFW gets no rule for them.
   * @default none
   */
  nodeAddresses?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Interfaces of the host that belong to the cluster, besides those of the usual CNI plugins: see `clusterInterfaces`
   * in clusterTable.ts. A trailing `*` matches any text. Packets from all other interfaces do not reach pods and
   * ClusterIPs.
   * @default none
   */
  clusterInterfaces?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether nodes exchange pod packets without a tunnel, as flannel's backend `host-gw` does. Packets from the LAN to
   * pods are then allowed if their source is in the cluster's networks or `nodeAddresses`; any LAN device can forge
   * one.
   * @default false
   * @see https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md
   */
  podsOverLan?: pulumi.Input<boolean>;
  /**
   * What pods may reach besides the cluster, the LAN and the internet: `tailnet`, the tailnet's devices, which see a
   * pod's packets with this host's address; `ssh`, the SSH server of this host.
   * @default neither
   */
  podsReach?: pulumi.Input<pulumi.Input<PodTarget>[]>;
  /**
   * The cluster's DNS domain, in which the proxies look up Services.
   * @default "cluster.local"
   * @see https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
   */
  clusterDomain?: pulumi.Input<string>;
  /**
   * The edges' IPv4 addresses in the tailnet. An edge reaches only the proxies that allow it, and nothing else of this
   * host, its LAN and its cluster, over IPv4 or IPv6.
   * @default none: edges are treated like any other tailnet device
   */
  edges?: pulumi.Input<pulumi.Input<string>[]>;
  /** SSH access to it. */
  ssh: SshArgs;
  /**
   * Changes to the scripts that run on it, by the names of the fields.
   * @default none
   */
  transform?: Partial<
    Record<"firewall" | "proxyTools" | "edgesTable" | "clusterTable", Transform<RemoteScriptArgs>>
  >;
}

const firewallComment = "mynodeone:control-plane";

/**
 * The Kubernetes host at home, prepared for proxies: it has socat and nftables, and UFW runs without blocking the
 * cluster's own traffic. Packages stay when it is removed.
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
  /** IPv4 addresses of the cluster's nodes, if given. */
  readonly nodeAddresses: pulumi.Output<string[]>;
  /** The cluster's DNS domain. */
  readonly clusterDomain: pulumi.Output<string>;
  /** The host that its scripts run on. */
  readonly host: RemoteHost;
  /** The script that turns UFW on and keeps the host's and cluster's ports open. */
  readonly firewall: RemoteScript;
  /** The script that installs what proxies need. */
  readonly proxyTools: RemoteScript;
  /** The script that limits what edges can reach. */
  readonly edgesTable: RemoteScript;
  /** The script that limits who reaches pods and ClusterIPs, and what pods reach. */
  readonly clusterTable: RemoteScript;

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

    this.firewall = new RemoteScript(
      `${name}-firewall`,
      {
        host: this.host,
        create: pulumi
          .all([this.host.sshPort, this.clusterCidrs])
          .apply(([sshPort, cidrs]) =>
            enableFirewall(firewallComment, sshPort, controlPlaneRules(cidrs), homePorts),
          ),
        delete: this.host.sshPort.apply((port) => restoreFirewall(firewallComment, port)),
        identity: [firewallComment],
        transform: args.transform?.firewall,
      },
      childOptions(this, opts),
    );
    const edges = pulumi
      .output(args.edges)
      .apply((addresses) => (addresses ?? []).map((address) => check.tailnetAddress("edges", address)));
    this.proxyTools = new RemoteScript(
      `${name}-proxy-tools`,
      {
        host: this.host,
        create: this.clusterDns.apply(setUpProxyTools),
        delete: removeProxyTools(),
        identity: ["proxy-tools"],
        transform: args.transform?.proxyTools,
      },
      childOptions(this, opts),
    );
    this.edgesTable = new RemoteScript(
      `${name}-edges`,
      {
        host: this.host,
        create: edges.apply(setUpEdgesTable),
        delete: removeEdgesTable(),
        identity: ["edges"],
        transform: args.transform?.edgesTable,
      },
      childOptions(this, opts, this.firewall, this.proxyTools),
    );

    this.clusterTable = new RemoteScript(
      `${name}-cluster`,
      {
        host: this.host,
        create: pulumi
          .all([
            this.host.sshPort,
            pulumi.output({
              networks: this.clusterCidrs,
              nodes: this.nodeAddresses,
              interfaces: args.clusterInterfaces,
              podsOverLan: args.podsOverLan,
              podsReach: args.podsReach,
            }),
          ])
          .apply(([sshPort, cluster]) =>
            setUpClusterTable(
              {
                ...cluster,
                podsOverLan: cluster.podsOverLan ?? false,
                // A value without effect must not change the script.
                nodes: cluster.podsOverLan === true ? cluster.nodes : [],
                interfaces: (cluster.interfaces ?? []).map((one) =>
                  check.interfaceName("clusterInterfaces", one),
                ),
                podsReach: (cluster.podsReach ?? []).map((one) => check.oneOf("podsReach", one, podTargets)),
              },
              sshPort,
            ),
          ),
        delete: removeClusterTable(),
        identity: ["cluster"],
        transform: args.transform?.clusterTable,
      },
      childOptions(this, opts, this.firewall, this.proxyTools),
    );

    this.registerOutputs({ tailnetIp: this.tailnetIp, clusterDns: this.clusterDns });
  }
}
