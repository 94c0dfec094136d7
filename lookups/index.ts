import * as pulumi from "@pulumi/pulumi";
import type { AppSpec, Platform, Settings } from "../config/index.ts";
import { formatPath, formatProblem, listProblems, show } from "../config/schema/problems.ts";
import type { Path } from "../config/schema/problems.ts";
import { recordComment } from "../components/dns/adoptRecord.ts";
import { LookupError } from "../components/inputs/lookupError.ts";
import { VendorError } from "./vendor.ts";
import { dnsAddress, nodeAddresses, readCluster, type Cluster } from "../components/cluster/cluster.ts";
import { clusterNetworks } from "../components/cluster/networks.ts";
import { checkService } from "../components/cluster/service.ts";
import { deviceAddress, tailnetDevices } from "./tailnet.ts";
import type { Device } from "./tailnet.ts";
import { takenPorts } from "./takenPorts.ts";
import { addressRecords, zoneOf } from "./zone.ts";
import { resolved } from "../components/inputs/resolved.ts";
import { planTailnetPolicy } from "./tailnetPolicy/plan.ts";
import type { PolicyPlan } from "./tailnetPolicy/plan.ts";

/** What the config's names stand for, outside. */
export interface World {
  /** Tailnet address of each host, by its name in the config. */
  tailnetIps: Record<string, string>;
  /** What is to be done about the tailnet's policy. */
  policy: PolicyPlan;
  /** The domain's zone; none if no app is on the internet. */
  zoneId?: string;
  cluster: {
    /** Address of its DNS. */
    dns: string;
    /** Its pod and Service networks. */
    networks: string[];
    /** The nodes' own addresses. */
    nodes: string[];
  };
}

/** What the lookups have come upon. */
class Findings {
  /** What is wrong with the config. */
  readonly problems = new Set<string>();
  /** What there is to say of a vendor that has not answered: once, however many questions it was asked. */
  readonly silent = new Map<string, string>();

  throwIfAny(): void {
    const messages = [...this.silent.values()];
    if (this.problems.size > 0) messages.push(listProblems([...this.problems]));
    if (messages.length > 0) throw new pulumi.RunError(messages.join("\n\n"));
  }
}

/**
 * Looks up all that the config only names, and holds it against what is there. It asks the vendors and the
 * cluster and touches nothing, so that a preview refuses a config that cannot work.
 *
 * @param kubeconfig @default `KUBECONFIG`, or `~/.kube/config`
 * @throws pulumi.RunError with every problem at once, and with the vendors that have not answered
 */
export async function lookUpWorld(settings: Settings, kubeconfig?: pulumi.Output<string>): Promise<World> {
  const { platform, apps } = settings;
  const findings = new Findings();
  const [{ tailnetIps, devices }, zoneId, cluster] = await Promise.all([
    lookUpTailnet(platform, findings),
    lookUpZone(platform, apps, findings),
    lookUpCluster(platform, apps, kubeconfig, findings),
  ]);
  if (cluster) checkProxyPorts(cluster.whole, platform, apps, tailnetIps, findings);
  // Hosts that are not found are reported already.
  const isFound = [platform.controlPlane, ...platform.edges].every(({ name }) => name in tailnetIps);
  const policy = isFound
    ? await attempt(() => planTailnetPolicy(settings, tailnetIps, devices), ["tailnetPolicy"], findings)
    : undefined;
  findings.throwIfAny();
  const { dns = "", networks = [], nodes = [] } = cluster ?? {};
  return { tailnetIps, policy: policy ?? { notices: [] }, zoneId, cluster: { dns, networks, nodes } };
}

async function lookUpTailnet(
  { controlPlane, edges }: Platform,
  findings: Findings,
): Promise<Pick<World, "tailnetIps"> & { devices?: Device[] }> {
  const hosts: { path: Path; host: Platform["controlPlane"] }[] = [
    { path: ["controlPlane"], host: controlPlane },
    ...edges.map((host, index) => ({ path: ["edges", index], host })),
  ];
  const isAsked = hosts.some(({ host }) => host.tailnetIp === undefined);
  const devices = isAsked ? await attempt(tailnetDevices, ["controlPlane", "device"], findings) : undefined;
  const found = await Promise.all(
    hosts.map(async ({ path, host: { device, tailnetIp } }) => {
      if (tailnetIp !== undefined || devices === undefined) return tailnetIp;
      return attempt(() => deviceAddress(devices, device), [...path, "device"], findings);
    }),
  );
  const owners = new Map<string, Path>();
  const tailnetIps: World["tailnetIps"] = {};
  for (const [index, { path, host }] of hosts.entries()) {
    const address = found[index];
    if (address === undefined) continue;
    tailnetIps[host.name] = address;
    const owner = owners.get(address);
    if (owner) {
      const option = host.tailnetIp === undefined ? "device" : "tailnetIp";
      findings.problems.add(
        formatProblem({
          path: [...path, option],
          message: `${show(host[option])} leads to ${address}, and so does ${formatPath(owner)}. Each host is a device of its own: see \`tailscale status\`.`,
        }),
      );
    } else owners.set(address, path);
  }
  return { tailnetIps, devices };
}

async function lookUpZone(
  { domain, zoneId }: Platform,
  apps: AppSpec[],
  findings: Findings,
): Promise<string | undefined> {
  const published = apps.filter(({ internet }) => internet);
  if (published.length === 0) return undefined;
  const path = [zoneId === undefined ? "domain" : "zoneId"];
  const zone = await attempt(() => zoneOf(domain, zoneId), path, findings);
  const records = zone && (await attempt(() => addressRecords(zone, domain), path, findings));
  for (const { name, hosts } of published) {
    const stranger = records?.find((one) => hosts.includes(one.name) && !isOurs(one.comment));
    if (!stranger) continue;
    findings.problems.add(
      formatProblem({
        path: ["apps", name, "subdomain"],
        message:
          `${stranger.name} has a record that this stack did not make (${stranger.type} ${stranger.content}), and that is ` +
          "never written over. Delete it at Cloudflare to give the name to the app, or choose another subdomain.",
      }),
    );
  }
  return zone?.id;
}

async function lookUpCluster(
  { clusterDns, clusterCidrs }: Platform,
  apps: AppSpec[],
  kubeconfig: pulumi.Output<string> | undefined,
  findings: Findings,
): Promise<(World["cluster"] & { whole: Cluster }) | undefined> {
  const text = await resolved(kubeconfig);
  const whole = await attempt(() => readCluster(text), ["clusterDns"], findings);
  if (!whole) return undefined;
  await lookUpServices(apps, text, whole, findings);
  const dns = clusterDns ?? (await attempt(() => dnsOf(whole), ["clusterDns"], findings));
  if (dns === undefined) return undefined;
  const networks = await attempt(() => clusterNetworks(whole, clusterCidrs, dns), ["clusterCidrs"], findings);
  return { whole, dns, networks: networks ?? [], nodes: nodeAddresses(whole) };
}

function dnsOf(cluster: Cluster): string {
  const address = dnsAddress(cluster);
  if (address !== undefined) return address;
  throw new LookupError(
    cluster.services === undefined
      ? "mynodeone:kubeconfig may not list Services (403). Let its user, or write the address of the cluster's DNS as mynodeone:clusterDns."
      : "the cluster's DNS is not found: kube-system has no Service kube-dns with an IPv4 address, and none labelled " +
          "k8s-app=kube-dns. Write the ClusterIP of the cluster's DNS.",
  );
}

/** The Services that are to be there already. A chart's may be made in this run, and are looked at after that. */
async function lookUpServices(
  apps: AppSpec[],
  kubeconfig: string | undefined,
  { services: known }: Cluster,
  findings: Findings,
): Promise<void> {
  const existing = apps.filter(({ proxy, release }) => proxy && release === undefined);
  await Promise.all(
    existing.map(({ name, service }) =>
      attempt(() => checkService(kubeconfig, service, known), ["apps", name, "service"], findings),
    ),
  );
}

/** A port that the cluster redirects has no listener: connections to it would reach something else than the proxy. */
function checkProxyPorts(
  cluster: Cluster,
  { controlPlane }: Platform,
  apps: AppSpec[],
  tailnetIps: World["tailnetIps"],
  findings: Findings,
): void {
  const taken = takenPorts(cluster, tailnetIps[controlPlane.name] ?? "");
  for (const { name, proxyPort } of apps) {
    const other = taken.find(({ port }) => port === proxyPort);
    if (!other) continue;
    findings.problems.add(
      formatProblem({
        path: ["apps", name, "proxyPort"],
        message:
          `${other.port} is a port that the cluster leads to ${other.by}: visitors of the app would get that. Choose ` +
          "another proxyPort, or give that port up.",
      }),
    );
  }
}

/** Records that were made before they named their stack count as ours too. */
function isOurs(comment: string): boolean {
  return [recordComment(), "mynodeone"].includes(comment);
}

/** A lookup's result; its failure is kept. What a message names itself needs no path before it. */
async function attempt<T>(
  lookup: () => T | Promise<T>,
  path: Path,
  findings: Findings,
): Promise<T | undefined> {
  try {
    return await lookup();
  } catch (error) {
    if (error instanceof VendorError) {
      findings.silent.set(error.vendor, error.message);
      return undefined;
    }
    if (!(error instanceof LookupError)) throw error;
    const text = error.message;
    findings.problems.add(/^\w+:\w+ /.test(text) ? text : formatProblem({ path, message: text }));
    return undefined;
  }
}
