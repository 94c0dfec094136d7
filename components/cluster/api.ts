import type { CoreV1Api, NetworkingV1Api } from "@kubernetes/client-node";
import { LookupError } from "../inputs/lookupError.ts";

/** The groups of the cluster's API that are asked. */
export interface ClusterApi {
  core: CoreV1Api;
  networking: NetworkingV1Api;
}

/**
 * The cluster's API, for what has to be known before a resource is made or read.
 *
 * @param kubeconfig text; without it `KUBECONFIG` or `~/.kube/config`, as kubectl does
 * @throws LookupError
 */
export async function clusterApi(kubeconfig: string | undefined): Promise<ClusterApi> {
  // Half a second to load, and a program that declares components of its own may not need it.
  const { CoreV1Api, KubeConfig, NetworkingV1Api } = await import("@kubernetes/client-node");
  try {
    const config = new KubeConfig();
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromString(kubeconfig);
    return { core: config.makeApiClient(CoreV1Api), networking: config.makeApiClient(NetworkingV1Api) };
  } catch {
    // A parser's own words may quote the line that it stumbled over, and that may be a key.
    throw new LookupError(
      "mynodeone:kubeconfig cannot be read as one. Set it again: pulumi config set --secret mynodeone:kubeconfig < FILE",
    );
  }
}

/** What a call of the API has failed with. */
type ApiFailure = Error & { code?: unknown };

/** HTTP status of the API server's answer; undefined where none came. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as ApiFailure;
  return typeof code === "number" ? code : undefined;
}

/** @param wish what the user may not do, or what the server has not answered to */
export function clusterFailure(error: unknown, wish: string): LookupError {
  const status = statusOf(error);
  if (status === 401 || status === 403) {
    return new LookupError(
      `mynodeone:kubeconfig may not ${wish} (${status}). Let its user, or set another one.`,
    );
  }
  const { cause, message } = error as ApiFailure;
  const reason = cause instanceof Error ? cause.message : message;
  return new LookupError(
    `mynodeone:kubeconfig leads to an API server that does not answer (${reason}). See that the cluster runs, and ` +
      "that `server` in it is an address that you reach: a kubeconfig copied from the host itself often says 127.0.0.1.",
  );
}
