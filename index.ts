import { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { ControlPlane, describeTopology, EdgeNode, HybridApp } from "./components/index.ts";
import { cloudflareNetworks } from "./components/render/cloudflareNetworks.ts";
import { clusterDnsAddress, tailnetAddress, zoneOf } from "./components/lookups.ts";
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
  const { platform, apps } = settings;
  for (const notice of noticesOf(settings)) await pulumi.log.warn(notice);

  const kubeconfig = config.getSecret("kubeconfig");
  const kubernetesProvider = kubeconfig === undefined ? undefined : new Provider("cluster", { kubeconfig });
  const privateKey = config.requireSecret("sshPrivateKey");
  const controlPlane = makeControlPlane(platform, privateKey, kubernetesProvider);
  const trustedProxies = apps.some(({ cdn }) => cdn) ? cloudflareNetworks : [];
  const edges = platform.edges.map((edge) => makeEdge(edge, platform, privateKey, trustedProxies));
  const basicAuthUsers = apps.some(({ basicAuth }) => basicAuth)
    ? config.requireSecret("basicAuthUsers")
    : undefined;
  const zoneId = apps.some(({ internet }) => internet)
    ? (platform.zoneId ?? (await zoneOf(platform.domain)))
    : undefined;

  const urls = Object.fromEntries(
    apps.map((spec) => {
      const args = { spec, controlPlane, edges, zoneId, basicAuthUsers, kubernetesProvider, kubeconfig };
      const app = new HybridApp(spec.name, args);
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
    return loadConfig({ get, keys: writtenKeys, encryption: writtenEncryption });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new pulumi.RunError(`${error.message}\nBy line and column: npm run check ${pulumi.getStack()}`);
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

function makeControlPlane(
  { controlPlane: home, clusterDns, clusterCidrs }: Platform,
  privateKey: pulumi.Output<string>,
  kubernetesProvider?: Provider,
): ControlPlane {
  const tailnetIp = home.tailnetIp ?? tailnetAddress(home.device);
  return new ControlPlane(home.name, {
    tailnetIp,
    clusterDns: clusterDns ?? clusterDnsAddress(kubernetesProvider),
    clusterCidrs,
    ssh: { ...home.ssh, host: home.ssh.host ?? tailnetIp, privateKey },
  });
}

function makeEdge(
  edge: Platform["edges"][number],
  { acme }: Platform,
  privateKey: pulumi.Output<string>,
  trustedProxies: string[],
): EdgeNode {
  const dnsApiToken =
    acme.challenge === "dns-01" ? new pulumi.Config("cloudflare").requireSecret("apiToken") : undefined;
  return new EdgeNode(edge.name, {
    publicIp: edge.publicIp,
    tailnetIp: edge.tailnetIp ?? tailnetAddress(edge.device),
    ssh: { ...edge.ssh, host: edge.ssh.host ?? edge.publicIp, privateKey },
    acme: { ...acme, dnsApiToken },
    traefik: edge.traefik,
    trustedProxies,
  });
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
