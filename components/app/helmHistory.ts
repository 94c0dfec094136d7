import type { CoreV1Api } from "@kubernetes/client-node";
import { clusterApi } from "../cluster/api.ts";

/** One revision of a release, as Helm stores it. */
export interface Revision {
  /** The Secret that stores it. */
  secret: string;
  revision: number;
  /** Such as `deployed`, `failed`, `pending-install`. */
  status: string;
  /** When it reached this status: seconds since 1970. */
  since: number;
}

/**
 * Helm's history of one release: a Secret per revision, in the release's namespace.
 *
 * @see https://helm.sh/docs/topics/advanced/#storage-backends
 */
export class HelmHistory {
  readonly #api: CoreV1Api;
  readonly #namespace: string;
  readonly #release: string;

  private constructor(api: CoreV1Api, namespace: string, release: string) {
    this.#api = api;
    this.#namespace = namespace;
    this.#release = release;
  }

  /** @throws KubeconfigError if it is invalid */
  static async open(
    kubeconfig: string | undefined,
    namespace: string,
    release: string,
  ): Promise<HelmHistory> {
    return new HelmHistory((await clusterApi(kubeconfig)).core, namespace, release);
  }

  /** Newest first; empty if Helm knows no such release. */
  async revisions(): Promise<Revision[]> {
    const { items } = await this.#api.listNamespacedSecret({
      namespace: this.#namespace,
      labelSelector: `owner=helm,name=${this.#release}`,
    });
    return items
      .map(({ metadata }) => ({
        secret: metadata?.name ?? "",
        revision: Number(metadata?.labels?.version),
        status: metadata?.labels?.status ?? "",
        since: Number(metadata?.labels?.modifiedAt ?? metadata?.labels?.createdAt),
      }))
      .sort((a, b) => b.revision - a.revision);
  }

  /** Removes revisions from Helm's history. The objects that they deployed stay. */
  async forget(revisions: Revision[]): Promise<void> {
    for (const { secret } of revisions) {
      await this.#api.deleteNamespacedSecret({ namespace: this.#namespace, name: secret });
    }
  }
}
