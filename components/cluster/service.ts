import type { V1Service, V1ServicePort, V1ServiceSpec } from "@kubernetes/client-node";
import { clusterApi, clusterFailure } from "./api.ts";
import { LookupError } from "../inputs/lookupError.ts";

/** A Service and its port. */
export interface ServicePort {
  namespace: string;
  name: string;
  port: number;
}

/**
 * Checks that the Service exists and that a proxy can reach its port: TCP over IPv4, at a cluster address.
 *
 * @param known all Services of the cluster, if already read @default reads those of the namespace
 * @throws LookupError if it does not exist, if a proxy cannot reach it, or if the lookup fails
 */
export async function checkService(
  kubeconfig: string | undefined,
  wanted: ServicePort,
  known?: readonly V1Service[],
): Promise<void> {
  const { namespace, name } = wanted;
  const items =
    known?.filter(({ metadata }) => metadata?.namespace === namespace) ??
    (await servicesIn(kubeconfig, namespace));
  const service = items.find(({ metadata }) => metadata?.name === name);
  if (service === undefined) {
    throw new LookupError(
      `Service "${namespace}/${name}" not found. Services in that namespace: ` +
        `${listed(items.map(({ metadata }) => metadata?.name ?? ""))}. ` +
        "`kubectl get services -A` lists all. If another app's chart creates it, run once without this app first.",
    );
  }
  const problem = service.spec && problemOf(service.spec, wanted.port);
  if (problem !== undefined) throw new LookupError(`"${namespace}/${name}" ${problem}`);
}

async function servicesIn(kubeconfig: string | undefined, namespace: string): Promise<V1Service[]> {
  const { core } = await clusterApi(kubeconfig);
  const { items } = await core.listNamespacedService({ namespace }).catch((error: unknown) => {
    throw clusterFailure(error, `list the Services of ${namespace}`);
  });
  return items;
}

/** Why a proxy cannot reach a Service at a port, and the fix. */
function problemOf(spec: V1ServiceSpec, port: number): string | undefined {
  const { type, clusterIP, externalName = "", ipFamilies = [], ports = [] } = spec;
  if (type === "ExternalName") {
    return (
      `is of type ExternalName (${externalName}), which is outside of the cluster, but proxies connect only to the ` +
      "cluster. Create a Service with a cluster IP, and an EndpointSlice with that address."
    );
  }
  if (ipFamilies.length > 0 && !ipFamilies.includes("IPv4")) {
    return (
      "has only IPv6 addresses, but proxies connect over IPv4. Set spec.ipFamilyPolicy: PreferDualStack, or make " +
      "it an IPv4 Service."
    );
  }
  const headless = clusterIP === "None";
  const found = ports.find((one) => one.port === port || (headless && one.targetPort === port));
  if (found === undefined) {
    return `has no port ${port} (available: ${listed(ports.map((one) => one.port))}). Set service.port to one of them.`;
  }
  const { protocol = "TCP" } = found;
  if (protocol !== "TCP") {
    return `has port ${port} for ${protocol}, but proxies carry only TCP. Set service.port to a TCP port.`;
  }
  return headless ? headlessProblem(found, port) : undefined;
}

/** A headless Service's name resolves to the pods themselves, which listen on their own ports. */
function headlessProblem({ targetPort = "" }: V1ServicePort, port: number): string | undefined {
  if (targetPort === port || targetPort === "") return undefined;
  if (typeof targetPort === "string") {
    return (
      `is headless, so its name resolves to the pods themselves, but their port is given only by name, "${targetPort}". ` +
      "Use a Service with a cluster IP, or set the port's number as its targetPort and as service.port."
    );
  }
  return `is headless, so its name resolves to the pods themselves. Set service.port to their port, ${targetPort}.`;
}

function listed(values: readonly (string | number)[]): string {
  return values.join(", ") || "none";
}
