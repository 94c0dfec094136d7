import { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { resourcesInState } from "../state/index.ts";

/**
 * The provider's identifier of the cluster. Without it the provider compares kubeconfigs: the same cluster at a
 * differently written address would count as another one. The engine would then replace every release, and remove what
 * it had just installed. The identifier is the same for every stack and never changes.
 *
 * @see https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/#clusteridentifier_nodejs
 */
const clusterIdentifier = "mynodeone";

/** The cluster that apps are installed in, as {@link connectCluster} returns it. */
export interface ClusterConnection {
  /**
   * Kubeconfig of the lookups: the Service before a proxy, and Helm's history after an interrupted run.
   * @default `KUBECONFIG`, or `~/.kube/config`
   */
  readonly kubeconfig?: pulumi.Input<string>;
  /** Provider that installs releases, with the same kubeconfig. */
  readonly provider: Provider;
}

/**
 * The cluster of a kubeconfig. Changing or removing the kubeconfig updates the provider and replaces nothing.
 *
 * @param kubeconfig its text @default `KUBECONFIG`, or `~/.kube/config`
 * @param name of the provider @default `cluster`
 */
export async function connectCluster(
  kubeconfig?: pulumi.Input<string>,
  name = "cluster",
  opts?: pulumi.ResourceOptions,
): Promise<ClusterConnection> {
  const known = await resourcesInState("pulumi:providers:kubernetes");
  const former = known.find((one) => one.name === name);
  // The run that adds the identifier still compares kubeconfigs, so it keeps the former kubeconfig.
  const keepsFormer = former !== undefined && former.outputs.clusterIdentifier === undefined;
  const provider = new Provider(
    name,
    // An output: given undefined itself, the SDK would write the path in KUBECONFIG into the state.
    { clusterIdentifier, kubeconfig: kubeconfig ?? pulumi.output<string | undefined>(undefined) },
    pulumi.mergeOptions(opts, keepsFormer ? { ignoreChanges: ["kubeconfig"] } : {}),
  );
  return { kubeconfig, provider };
}
