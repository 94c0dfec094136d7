import { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { resourcesInState } from "../state/index.ts";

/**
 * What the provider takes for the cluster's identity. Without one it compares kubeconfigs, and takes another spelling
 * of the same address for another cluster: the engine would then replace every release, and remove what it had just
 * installed. It is the same for every stack and never changes.
 *
 * @see https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/#clusteridentifier_nodejs
 */
const clusterIdentifier = "mynodeone";

/** The cluster that apps are installed in. */
export interface ClusterArgs {
  /**
   * What leads to it, for a look at the Service before a proxy, and at what Helm remembers of an interrupted run.
   * @default `KUBECONFIG`, or `~/.kube/config`
   */
  kubeconfig?: pulumi.Input<string>;
  /**
   * What installs releases there.
   * @default the Kubernetes provider's own default
   */
  provider?: Provider;
}

/**
 * The provider of everything in the cluster. Another kubeconfig, or none in the config any more, updates it and replaces
 * nothing.
 *
 * @param kubeconfig @default `KUBECONFIG`, or `~/.kube/config`
 */
export async function clusterProvider(kubeconfig?: pulumi.Output<string>): Promise<Provider> {
  const name = "cluster";
  const known = await resourcesInState("pulumi:providers:kubernetes");
  const former = known.find((one) => one.name === name);
  // The run that adds the identifier still compares kubeconfigs, so it keeps the former one.
  const keepsFormer = former !== undefined && former.outputs.clusterIdentifier === undefined;
  return new Provider(
    name,
    // An output, as the SDK writes the path in KUBECONFIG into the state in place of nothing.
    { clusterIdentifier, kubeconfig: kubeconfig ?? pulumi.output<string | undefined>(undefined) },
    keepsFormer ? { ignoreChanges: ["kubeconfig"] } : {},
  );
}
