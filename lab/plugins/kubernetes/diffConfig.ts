import { isDeepStrictEqual } from "node:util";
import { diffProperties } from "../framework/diff.ts";
import { isObject, unknownValue, type Properties } from "../framework/properties.ts";
import type { ResourceDiff } from "../framework/provider.ts";
import { findEntry, kubeconfigText } from "./kubeconfig.ts";

/** The arguments that select the active cluster. */
const clusterArguments = ["kubeconfig", "context", "cluster"];

/**
 * Whether changed provider arguments mean another cluster: the engine then replaces the provider and every resource.
 *
 * Without `clusterIdentifier`, another cluster is one whose kubeconfig entry differs in any field, so a trailing slash
 * behind `server` is enough. With the same identifier before and after, nothing is replaced. The run that adds it
 * still compares the entries.
 *
 * @see https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/#clusteridentifier_nodejs
 */
export async function diffConfig(olds: Properties, news: Properties): Promise<ResourceDiff> {
  const changes = diffProperties(olds, news);
  const changed = (name: string) => changes.some(({ path }) => path === name);
  const identifier = news.clusterIdentifier;
  if (identifier !== undefined && identifier === olds.clusterIdentifier) {
    return { changes, replaces: () => false };
  }
  const always = ["renderYamlToDirectory"];
  if (identifier !== undefined && olds.clusterIdentifier !== undefined) always.push("clusterIdentifier");
  const isOther =
    clusterArguments.some((name) => news[name] === unknownValue) || (await isOtherCluster(olds, news));
  const replacing = [...always, ...(isOther ? clusterArguments : [])].filter(changed);
  return { changes, replaces: (path) => replacing.includes(path) };
}

/** False if one of the kubeconfigs is invalid or comes from the environment. */
async function isOtherCluster(olds: Properties, news: Properties): Promise<boolean> {
  const [before, after] = [await activeCluster(olds), await activeCluster(news)];
  return before !== undefined && after !== undefined && !isDeepStrictEqual(before, after);
}

async function activeCluster({ kubeconfig, context, cluster }: Properties): Promise<Properties | undefined> {
  if (typeof kubeconfig !== "string") return undefined;
  const { default: yaml } = await import("yaml");
  const config: unknown = yaml.parse(kubeconfigText(kubeconfig));
  if (!isObject(config)) return undefined;
  const active = findEntry(config, "contexts", context ?? config["current-context"], "context");
  return findEntry(config, "clusters", cluster ?? active?.cluster, "cluster");
}
