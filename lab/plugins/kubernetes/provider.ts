import { existsSync } from "node:fs";
import { tool } from "../../paths.ts";
import { argument } from "../framework/arguments.ts";
import type { Properties } from "../framework/properties.ts";
import type { Provider } from "../framework/provider.ts";
import { coreObject, type CoreKind } from "./coreObject.ts";
import { diffConfig } from "./diffConfig.ts";
import { findKubeconfig, readKubeconfig } from "./kubeconfig.ts";
import { release } from "./release.ts";

const namespaceKind: CoreKind = { kind: "Namespace", plural: "namespaces", namespaced: false };
const serviceKind: CoreKind = { kind: "Service", plural: "services", namespaced: true };

/**
 * Stands in for https://github.com/pulumi/pulumi-kubernetes: Helm releases, namespaces, and reading Services. If the
 * cluster is unreachable, the first operation that needs it fails.
 */
export function kubernetesProvider(version: string, helm = installedHelm()): Provider {
  let args: Properties = {};
  const access = () => readKubeconfig(findKubeconfig(args), argument(args, "context"));
  const defaultNamespace = () => argument(args, "namespace") ?? "default";
  return {
    name: "kubernetes",
    version,
    diffConfig,
    configure(given) {
      args = given;
    },
    resources: {
      "kubernetes:helm.sh/v3:Release": release({
        helm,
        kubeconfig: () => findKubeconfig(args).text,
        defaultNamespace,
      }),
      "kubernetes:core/v1:Namespace": coreObject(namespaceKind, access, defaultNamespace),
      "kubernetes:core/v1:Service": coreObject(serviceKind, access, defaultNamespace),
    },
  };
}

/** The toolchain's pinned helm, or the one on the PATH. */
function installedHelm(): string {
  return existsSync(tool("helm")) ? tool("helm") : "helm";
}
