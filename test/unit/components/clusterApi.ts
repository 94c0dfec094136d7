import { startHttpApi } from "../httpApi.ts";
import { kubeconfigOf } from "../kubeconfig.ts";

/** A Kubernetes API that serves nothing but lists of Services. */
export interface ClusterApi {
  kubeconfig: string;
  stop: () => Promise<void>;
}

/** @param services their ports, by namespace and name; access to a namespace with the value `false` is forbidden */
export async function startClusterApi(
  services: Record<string, Record<string, number[]> | false>,
): Promise<ClusterApi> {
  const api = await startHttpApi(({ path }) => {
    const [, namespace = ""] = /^\/api\/v1\/namespaces\/([^/]+)\/services$/.exec(path) ?? [];
    if (services[namespace] === false) return [403, { kind: "Status", message: "forbidden" }];
    const items = Object.entries(services[namespace] ?? {}).map(([name, ports]) => ({
      metadata: { name },
      spec: { ports: ports.map((port) => ({ port })) },
    }));
    return [200, { kind: "ServiceList", items }];
  });
  return { kubeconfig: kubeconfigOf(api.url), stop: () => api.stop() };
}
