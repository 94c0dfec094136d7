import type { CoreV1Api } from "@kubernetes/client-node";
import { LookupError } from "./lookupFailure.ts";

/**
 * The cluster's API, for what has to be known before a resource is made or read.
 *
 * @param kubeconfig text; without it `KUBECONFIG` or `~/.kube/config`, as kubectl does
 * @throws LookupError
 */
export async function coreApi(kubeconfig: string | undefined): Promise<CoreV1Api> {
  // Half a second to load, and few runs need it.
  const { CoreV1Api: Api, KubeConfig } = await import("@kubernetes/client-node");
  try {
    const config = new KubeConfig();
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromString(kubeconfig);
    return config.makeApiClient(Api);
  } catch {
    // A parser's own words may quote the line that it stumbled over, and that may be a key.
    throw new LookupError(
      "mynodeone:kubeconfig cannot be read as one. Set it again: pulumi config set --secret mynodeone:kubeconfig < FILE",
    );
  }
}

/** A Service, and the port of it that an app is reached by. */
export interface ServicePort {
  namespace: string;
  name: string;
  port: number;
}

/**
 * Looks whether the cluster has the Service, with that port.
 *
 * @throws LookupError if it has not, or does not tell
 */
export async function checkService(
  kubeconfig: string | undefined,
  { namespace, name, port }: ServicePort,
): Promise<void> {
  const services = await servicesIn(kubeconfig, namespace);
  const ports = services.get(name);
  if (ports === undefined) {
    throw new LookupError(
      `"${namespace}/${name}" is no Service of the cluster; that namespace has ${listed([...services.keys()])}. ` +
        "`kubectl get services -A` shows all. One that another app's chart makes is there after a run without this app.",
    );
  }
  if (!ports.includes(port)) {
    throw new LookupError(
      `"${namespace}/${name}" has no port ${port}, but ${listed(ports)}. Write one that it has as service.port.`,
    );
  }
}

/** The ports of a namespace's Services, by name; none where the namespace does not exist. */
async function servicesIn(kubeconfig: string | undefined, namespace: string): Promise<Map<string, number[]>> {
  const api = await coreApi(kubeconfig);
  try {
    const { items } = await api.listNamespacedService({ namespace });
    return new Map(
      items.map(({ metadata, spec }) => [metadata?.name ?? "", (spec?.ports ?? []).map(({ port }) => port)]),
    );
  } catch (error) {
    const { code, cause, message } = error as Error & { code?: unknown };
    if (code === 401 || code === 403) {
      throw new LookupError(
        `mynodeone:kubeconfig may not list the Services of ${namespace} (${code}). Let its user, or set another one.`,
      );
    }
    const reason = cause instanceof Error ? cause.message : message;
    throw new LookupError(
      `mynodeone:kubeconfig leads to an API server that does not answer (${reason}). See that the cluster runs, and ` +
        "that `server` in it is an address that you reach.",
    );
  }
}

function listed(values: readonly (string | number)[]): string {
  return values.join(", ") || "none";
}
