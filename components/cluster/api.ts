import type { CoreV1Api, NetworkingV1Api } from "@kubernetes/client-node";
import { LookupError } from "../inputs/lookupError.ts";

/** A kubeconfig that cannot be used. The message begins with the word `kubeconfig`, for a path before it. */
export class KubeconfigError extends LookupError {}

/** The groups of the cluster's API that are used. */
export interface ClusterApi {
  core: CoreV1Api;
  networking: NetworkingV1Api;
}

/**
 * The cluster's API, for lookups before a resource is created or read.
 *
 * @param kubeconfig text; @default `KUBECONFIG` or `~/.kube/config`, as for kubectl
 * @throws KubeconfigError
 */
export async function clusterApi(kubeconfig: string | undefined): Promise<ClusterApi> {
  // It takes half a second to load, and a program with its own components may not need it.
  const { CoreV1Api, KubeConfig, NetworkingV1Api } = await import("@kubernetes/client-node");
  try {
    const config = new KubeConfig();
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromString(kubeconfig);
    return { core: config.makeApiClient(CoreV1Api), networking: config.makeApiClient(NetworkingV1Api) };
  } catch {
    // A parser's message may quote the offending line, which may contain a key.
    throw new KubeconfigError("kubeconfig is not a valid kubeconfig. Set it to a file's whole text.");
  }
}

/** The error of a failed API call. */
type ApiFailure = Error & { code?: unknown };

/** HTTP status of the API server's answer; undefined without an answer. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as ApiFailure;
  return typeof code === "number" ? code : undefined;
}

/** @param wish what the user is not allowed to do, or the request that got no answer */
export function clusterFailure(error: unknown, wish: string): KubeconfigError {
  const status = statusOf(error);
  if (status === 401 || status === 403) {
    return new KubeconfigError(
      `kubeconfig is not allowed to ${wish} (${status}). Grant its user this right, or set another kubeconfig.`,
    );
  }
  const { cause, message } = error as ApiFailure;
  const reason = cause instanceof Error ? cause.message : message;
  return new KubeconfigError(
    `kubeconfig points to an API server that does not answer (${reason}). Check that the cluster runs, and ` +
      "that `server` in it is an address that this machine can reach: a kubeconfig copied from the host itself often " +
      "says 127.0.0.1.",
  );
}
