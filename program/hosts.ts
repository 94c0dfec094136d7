import type * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import {
  cloudflareNetworks,
  ControlPlane,
  EdgeNode,
  edgePorts,
  HostCheck,
  letsEncryptDirectory,
  proxyUnits,
} from "../components/index.ts";
import type { SshArgs } from "../components/index.ts";
import type { Settings, SshSettings } from "../config/index.ts";
import type { Found } from "../lookups/index.ts";
import { acmeDnsToken, privateKeyOf } from "./secrets.ts";

/** Inputs of the hosts. */
export interface HostsArgs {
  settings: Settings;
  found: Found;
  /** The stack's config, for its secrets. */
  config: pulumi.Config;
}

/** A check of each host, repeated whenever the planned resources change. */
export function checkHosts(args: HostsArgs): HostCheck[] {
  const { settings, found } = args;
  const { controlPlane: home, edges } = found;
  const plan = digestOf(settings);
  const proxies = settings.apps.flatMap(({ name, proxyPort: port }) =>
    port === undefined
      ? []
      : [
          {
            address: home.tailnetIp,
            port,
            unit: proxyUnits(name).service,
            otherwise: `choose another one for mynodeone:apps.${name}.proxyPort`,
          },
        ],
  );
  return [
    new HostCheck(home.name, {
      role: "ControlPlane",
      ssh: sshTo(home, home.tailnetIp, args),
      ports: proxies,
      tailnet: { address: home.tailnetIp, option: home.tailnetOption },
      plan,
    }),
    ...edges.map(
      (edge) =>
        new HostCheck(edge.name, {
          role: "EdgeNode",
          ssh: sshTo(edge, edge.publicIp, args),
          ports: edgePorts,
          tailnet: { address: edge.tailnetIp, option: edge.tailnetOption },
          clockServer: settings.platform.acme.server ?? letsEncryptDirectory,
          plan,
        }),
    ),
  ];
}

/** A digest of everything that affects a resource; a change of what an app only reports repeats no check. */
function digestOf({ platform, apps }: Settings): string {
  const resources = apps.map(({ healthPath, safety, notices, nextSteps, ...app }) => app);
  return createHash("sha256")
    .update(JSON.stringify({ platform, apps: resources }))
    .digest("hex")
    .slice(0, 16);
}

export function makeControlPlane(args: HostsArgs, opts: pulumi.ComponentResourceOptions): ControlPlane {
  const { platform } = args.settings;
  const { controlPlane: home, edges, cluster } = args.found;
  return new ControlPlane(
    home.name,
    {
      tailnetIp: home.tailnetIp,
      clusterDns: cluster.dns,
      clusterCidrs: cluster.networks,
      nodeAddresses: cluster.nodes,
      clusterDomain: platform.clusterDomain,
      clusterInterfaces: platform.clusterInterfaces,
      podsOverLan: platform.podTransport === "lan",
      podsReach: platform.podsReach,
      edges: edges.map(({ tailnetIp }) => tailnetIp),
      ssh: sshTo(home, home.tailnetIp, args),
    },
    opts,
  );
}

export function makeEdges(args: HostsArgs, opts: pulumi.ComponentResourceOptions): EdgeNode[] {
  const { platform, apps } = args.settings;
  const { acme } = platform;
  const dnsApiToken = acme.challenge === "dns-01" ? acmeDnsToken(args.config) : undefined;
  return args.found.edges.map(
    (edge) =>
      new EdgeNode(
        edge.name,
        {
          publicIp: edge.publicIp,
          tailnetIp: edge.tailnetIp,
          ssh: sshTo(edge, edge.publicIp, args),
          acme: { ...acme, dnsApiToken },
          traefik: edge.traefik,
          limits: edge.limits,
          trustedProxies: apps.some(({ cdn }) => cdn) ? cloudflareNetworks : [],
          homes: [args.found.controlPlane.tailnetIp],
        },
        opts,
      ),
  );
}

/** @param address where a host is dialled, unless its `ssh.host` is set */
function sshTo(
  { name, ssh }: { name: string; ssh: SshSettings },
  address: string,
  { config }: HostsArgs,
): SshArgs {
  return { ...ssh, host: ssh.host ?? address, ...privateKeyOf(name, config) };
}
