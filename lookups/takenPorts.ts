import type { V1Service } from "@kubernetes/client-node";
import type { Cluster } from "../components/cluster/cluster.ts";

/** A TCP port of the home host that is redirected to the cluster, without a listening program. */
export interface TakenPort {
  port: number;
  /** What uses it, for messages. */
  by: string;
}

/**
 * Ports of the control plane's host that the cluster redirects: Services of type LoadBalancer at the nodes' own
 * addresses (k3s's servicelb), NodePorts, external IPs, and pods with a host port.
 *
 * @param address the address where the proxies listen, if known
 * @see https://docs.k3s.io/networking/networking-services#service-load-balancer
 */
export function takenPorts(
  { services = [], nodes = [], pods = [] }: Cluster,
  address: string | undefined,
): TakenPort[] {
  const ownAddresses = [
    ...(address === undefined ? [] : [address]),
    ...nodes.flatMap(({ status }) => (status?.addresses ?? []).map((one) => one.address)),
  ];
  const homes = nodes.filter(({ metadata }) => isControlPlane(metadata?.labels ?? {}));
  const homeNames = homes.map(({ metadata }) => metadata?.name);
  const ofPods = pods
    .filter(({ spec }) => homes.length === 0 || homeNames.includes(spec?.nodeName))
    .filter(({ spec }) => spec?.hostNetwork !== true)
    .flatMap(({ metadata, spec }) =>
      (spec?.containers ?? []).flatMap(({ ports = [] }) =>
        ports.flatMap(({ protocol = "TCP", hostIP = "", hostPort }) =>
          hostPort !== undefined && protocol === "TCP" && ["", "0.0.0.0", address].includes(hostIP)
            ? [{ port: hostPort, by: `pod ${nameOf(metadata)} (hostPort)` }]
            : [],
        ),
      ),
    );
  return [...services.flatMap((service) => portsOf(service, ownAddresses)), ...ofPods];
}

function portsOf({ metadata, spec, status }: V1Service, ownAddresses: string[]): TakenPort[] {
  const tcp = (spec?.ports ?? []).filter(({ protocol = "TCP" }) => protocol === "TCP");
  const balanced = (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip ?? "");
  const here = [...balanced, ...(spec?.externalIPs ?? [])].some((ip) => ownAddresses.includes(ip));
  const by = `Service ${nameOf(metadata)} (${spec?.type ?? "ClusterIP"})`;
  return [
    ...(here ? tcp.map(({ port }) => ({ port, by })) : []),
    ...tcp.flatMap(({ nodePort }) =>
      nodePort === undefined ? [] : [{ port: nodePort, by: `${by}, as its NodePort` }],
    ),
  ];
}

function isControlPlane(labels: Record<string, string>): boolean {
  return "node-role.kubernetes.io/control-plane" in labels;
}

function nameOf(metadata: V1Service["metadata"]): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}
