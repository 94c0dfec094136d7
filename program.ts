import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import isPlainObject from "is-plain-obj";
import { ControlPlane, describeTopology, EdgeNode, HostCheck, HybridApp } from "./components/index.ts";
import type { SshArgs } from "./components/index.ts";
import { clusterProvider } from "./components/cluster/provider.ts";
import { cloudflareNetworks } from "./components/edge/cloudflareNetworks.ts";
import { TailnetPolicy } from "./components/tailnetPolicy/tailnetPolicy.ts";
import { lookUpWorld } from "./lookups/index.ts";
import type { World } from "./lookups/index.ts";
import { letsEncryptDirectory } from "./components/edge/letsEncrypt.ts";
import { hostKeysSecret } from "./config/rules/hostKeys.ts";
import { withTailnetAddress } from "./config/rules/tailnetHosts.ts";
import { ConfigError, loadConfig, noticesOf } from "./config/index.ts";
import type { Platform, Settings } from "./config/index.ts";

/** What a stack tells afterwards. */
export interface StackOutputs {
  /** The URL that people use, by app. */
  urls: Record<string, pulumi.Output<string>>;
  /** What is left for the user to do, by app. */
  nextSteps: Record<string, string[]>;
  /** Every hop of every app; see `Topology`. */
  topology: pulumi.Output<ReturnType<typeof describeTopology>>;
}

/**
 * The stack: platform first, then one `HybridApp` an app. A function, so that the Automation API
 * can run it again in the same process; nothing outlives a run.
 */
export default async function program(): Promise<StackOutputs> {
  const config = new pulumi.Config("mynodeone");
  return buildStack(readSettings(config), config);
}

/** The stack of settings that have been read, with the secrets of a config. */
export async function buildStack(settings: Settings, config: pulumi.Config): Promise<StackOutputs> {
  const { platform } = settings;
  for (const notice of noticesOf(settings, writtenKeys())) await pulumi.log.warn(notice);

  const kubeconfig = config.getSecret("kubeconfig");
  const world = await lookUpWorld(settings, kubeconfig);
  for (const notice of world.policy.notices) await pulumi.log.warn(notice);
  const kubernetesProvider = await clusterProvider(kubeconfig);
  const home = world.tailnetIps[platform.controlPlane.name] ?? "";
  const apps = settings.apps.map((app) => withTailnetAddress(app, home));
  const privateKeys = readPrivateKeys(config);
  // Nothing is changed anywhere before every host has been found as it has to be.
  const checked = { dependsOn: checkHosts(settings, world, privateKeys) };
  if (world.policy.write) new TailnetPolicy("tailnet", world.policy.write, checked);
  const controlPlane = makeControlPlane(platform, world, privateKeys, checked);
  const trustedProxies = apps.some(({ cdn }) => cdn) ? cloudflareNetworks : [];
  const edges = platform.edges.map((edge) =>
    makeEdge(edge, platform, world, privateKeys, trustedProxies, checked),
  );
  const basicAuthUsers = apps.some(({ basicAuth }) => basicAuth)
    ? config.requireSecret("basicAuthUsers")
    : undefined;

  const urls = Object.fromEntries(
    apps.map((spec) => {
      const { zoneId } = world;
      const args = { spec, controlPlane, edges, zoneId, basicAuthUsers, kubernetesProvider, kubeconfig };
      const app = new HybridApp(spec.name, args, checked);
      return [spec.name, app.url];
    }),
  );
  const nextSteps = Object.fromEntries(
    apps.filter((app) => app.nextSteps.length > 0).map((app) => [app.name, app.nextSteps]),
  );
  return { urls, nextSteps, topology: topologyOf(settings, controlPlane, edges) };
}

/** Objects and lists are stored as JSON, plain values as they are: an id of digits alone stays text. */
export function readSettings(config: pulumi.Config): Settings {
  const get = (key: string): unknown => {
    const text = config.get(key);
    return text !== undefined && /^\s*[[{]/.test(text) ? config.getObject(key) : text;
  };
  try {
    return loadConfig({
      get,
      keys: writtenKeys,
      encryption: writtenEncryption,
      namesIn,
      environment: process.env,
      needsSecrets: true,
      needsOwnValues: true,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const stack = pulumi.getStack();
    throw new pulumi.RunError(
      `${error.message}\nBy line and column: npx mynodeone check ${stack}, or in a checkout npm run check ${stack}`,
    );
  }
}

/** The key that logs in to a host of this name, and the option that it comes from. */
type PrivateKeys = (host: string) => Pick<SshArgs, "privateKey" | "privateKeyOption">;

function readPrivateKeys(config: pulumi.Config): PrivateKeys {
  const own = config.getSecretObject<Record<string, string>>(hostKeysSecret);
  const names = namesIn(hostKeysSecret);
  return (host) =>
    own !== undefined && names?.includes(host)
      ? {
          privateKey: own.apply((keys) => keys[host] ?? ""),
          privateKeyOption: `${config.name}:${hostKeysSecret}.${host}`,
        }
      : { privateKey: config.requireSecret("sshPrivateKey") };
}

/** The names in a map, whose values may be secrets. */
function namesIn(key: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(pulumi.runtime.allConfig()[`mynodeone:${key}`] ?? "null");
    return isPlainObject(value) ? Object.keys(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Every key below `mynodeone:`, known or not. */
function writtenKeys(): string[] {
  const prefix = "mynodeone:";
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
}

/** The SDK knows which values came encrypted, but does not declare that it does. */
const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };

/** Every key of the stack, other providers' too, and whether its value is encrypted; none if that cannot be told. */
function writtenEncryption(): Record<string, boolean> {
  if (isConfigSecret === undefined) return {};
  const keys = Object.keys(pulumi.runtime.allConfig());
  return Object.fromEntries(keys.map((key) => [key, isConfigSecret(key)]));
}

/** A check of each host, made again whenever what is to be made changes. */
function checkHosts(settings: Settings, { tailnetIps }: World, privateKeys: PrivateKeys): HostCheck[] {
  const { platform, apps } = settings;
  const plan = createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 16);
  const home = platform.controlPlane;
  const proxyPorts = apps.flatMap(({ name, proxyPort: port }) =>
    port === undefined
      ? []
      : [
          {
            address: tailnetIps[home.name],
            port,
            unit: `${name}-proxy.service`,
            otherwise: `choose another one for mynodeone:apps.${name}.proxyPort`,
          },
        ],
  );
  return [
    new HostCheck(home.name, {
      role: "ControlPlane",
      ssh: sshTo(home, tailnetIps[home.name], privateKeys),
      ports: proxyPorts,
      tailnet: tailnetClaim(home, "controlPlane", tailnetIps),
      plan,
    }),
    ...platform.edges.map(
      (edge, index) =>
        new HostCheck(edge.name, {
          role: "EdgeNode",
          ssh: sshTo(edge, edge.publicIp, privateKeys),
          ports: [80, 443].map((port) => ({ port, unit: "traefik.service", otherwise: "use another VPS" })),
          tailnet: tailnetClaim(edge, `edges[${index}]`, tailnetIps),
          clockServer: platform.acme.server ?? letsEncryptDirectory,
          plan,
        }),
    ),
  ];
}

function tailnetClaim(
  { name, tailnetIp }: Pick<Platform["controlPlane"], "name" | "tailnetIp">,
  path: string,
  { [name]: address = "" }: World["tailnetIps"],
): { address: string; option: string } {
  return { address, option: `mynodeone:${path}.${tailnetIp === undefined ? "device" : "tailnetIp"}` };
}

function makeControlPlane(
  { controlPlane: home, edges, clusterDomain, clusterInterfaces, podTransport, podsReach }: Platform,
  { tailnetIps, cluster }: World,
  privateKeys: PrivateKeys,
  opts: pulumi.ComponentResourceOptions,
): ControlPlane {
  const tailnetIp = tailnetIps[home.name] ?? "";
  return new ControlPlane(
    home.name,
    {
      tailnetIp,
      clusterDns: cluster.dns,
      clusterCidrs: cluster.networks,
      nodeAddresses: cluster.nodes,
      clusterDomain,
      clusterInterfaces,
      podsOverLan: podTransport === "lan",
      podsReach,
      edges: edges.map((edge) => tailnetIps[edge.name] ?? ""),
      ssh: sshTo(home, tailnetIp, privateKeys),
    },
    opts,
  );
}

function makeEdge(
  edge: Platform["edges"][number],
  { acme, controlPlane: home }: Platform,
  { tailnetIps }: World,
  privateKeys: PrivateKeys,
  trustedProxies: string[],
  opts: pulumi.ComponentResourceOptions,
): EdgeNode {
  const dnsApiToken = acme.challenge === "dns-01" ? acmeDnsToken() : undefined;
  return new EdgeNode(
    edge.name,
    {
      publicIp: edge.publicIp,
      tailnetIp: tailnetIps[edge.name] ?? "",
      ssh: sshTo(edge, edge.publicIp, privateKeys),
      acme: { ...acme, dnsApiToken },
      traefik: edge.traefik,
      limits: edge.limits,
      trustedProxies,
      homes: [tailnetIps[home.name] ?? ""],
    },
    opts,
  );
}

/** What a VPS proves names with; the operator's own token if there is none for that. */
function acmeDnsToken(): pulumi.Output<string> {
  return (
    new pulumi.Config("mynodeone").getSecret("acmeDnsToken") ??
    new pulumi.Config("cloudflare").requireSecret("apiToken")
  );
}

function sshTo(
  { name, ssh }: Pick<Platform["controlPlane"], "name" | "ssh">,
  otherwise: string | undefined,
  privateKeys: PrivateKeys,
): SshArgs {
  return { ...ssh, host: ssh.host ?? otherwise ?? "", ...privateKeys(name) };
}

function topologyOf(
  settings: Settings,
  controlPlane: ControlPlane,
  edges: EdgeNode[],
): StackOutputs["topology"] {
  const edgeAddresses = pulumi.all(Object.fromEntries(edges.map((edge) => [edge.label, edge.tailnetIp])));
  return pulumi
    .all([edgeAddresses, controlPlane.tailnetIp])
    .apply(([edgeIps, home]) => describeTopology(settings, { edges: edgeIps, controlPlane: home }));
}
