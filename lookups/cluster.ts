import { dnsAddress, nodeAddresses, readCluster } from "../components/cluster/cluster.ts";
import type { Cluster } from "../components/cluster/cluster.ts";
import { clusterNetworks } from "../components/cluster/networks.ts";
import { checkService } from "../components/cluster/service.ts";
import { LookupError } from "../components/inputs/lookupError.ts";
import type { AppSpec, Platform } from "../config/index.ts";
import type { Findings } from "./findings.ts";
import { takenPorts } from "./takenPorts.ts";

/** Facts of the cluster for the platform. */
export interface ClusterFacts {
  /** Address of its DNS. */
  dns: string;
  /** Its pod and Service networks. */
  networks: string[];
  /** The nodes' addresses. */
  nodes: string[];
}

/**
 * Reads the cluster, and checks the apps against it.
 *
 * @param kubeconfig @default `KUBECONFIG`, or `~/.kube/config`
 * @param home the control plane's address in the tailnet, if known
 */
export async function lookUpCluster(
  { clusterDns, clusterCidrs }: Platform,
  apps: readonly AppSpec[],
  kubeconfig: string | undefined,
  home: Promise<string | undefined>,
  findings: Findings,
): Promise<ClusterFacts | undefined> {
  const cluster = await findings.attempt(["clusterDns"], () => readCluster(kubeconfig));
  if (!cluster) return undefined;
  await checkServices(apps, kubeconfig, cluster, findings);
  checkProxyPorts(apps, cluster, await home, findings);
  const dns = clusterDns ?? (await findings.attempt(["clusterDns"], () => dnsOf(cluster)));
  if (dns === undefined) return undefined;
  const networks = await findings.attempt(["clusterCidrs"], () =>
    clusterNetworks(cluster, clusterCidrs, dns),
  );
  return networks && { dns, networks, nodes: nodeAddresses(cluster) };
}

function dnsOf(cluster: Cluster): string {
  const address = dnsAddress(cluster);
  if (address !== undefined) return address;
  throw new LookupError(
    cluster.services === undefined
      ? "mynodeone:kubeconfig is not allowed to list Services (403). Give its user that right, or set " +
          "mynodeone:clusterDns to the address of the cluster's DNS."
      : "the cluster's DNS was not found: kube-system has no Service kube-dns with an IPv4 address, and " +
          "none labelled k8s-app=kube-dns. Set the ClusterIP of the cluster's DNS.",
  );
}

/** Checks Services that must already exist. A chart's may be created in this run, and are checked afterwards. */
async function checkServices(
  apps: readonly AppSpec[],
  kubeconfig: string | undefined,
  { services: known }: Cluster,
  findings: Findings,
): Promise<void> {
  const existing = apps.filter(({ proxy, release }) => proxy && release === undefined);
  await Promise.all(
    existing.map(({ name, service }) =>
      findings.attempt(["apps", name, "service"], () => checkService(kubeconfig, service, known)),
    ),
  );
}

/** A port that the cluster redirects has no listener. Connections to it would not reach the proxy. */
function checkProxyPorts(
  apps: readonly AppSpec[],
  cluster: Cluster,
  home: string | undefined,
  findings: Findings,
): void {
  const taken = takenPorts(cluster, home);
  for (const { name, proxyPort } of apps) {
    const other = taken.find(({ port }) => port === proxyPort);
    if (!other) continue;
    findings.report(
      ["apps", name, "proxyPort"],
      `the cluster forwards port ${other.port} to ${other.by}, which visitors would reach instead of the ` +
        "app. Choose another proxyPort, or free that port in the cluster.",
    );
  }
}
