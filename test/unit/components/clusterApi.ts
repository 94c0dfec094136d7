import { startHttpApi } from "../plugins/fixtures/httpApi.ts";

/** A cluster that knows its Services and nothing else. */
export interface ClusterApi {
  kubeconfig: string;
  stop: () => Promise<void>;
}

/** @param services their ports, by namespace and name; a namespace that is `false` may not be looked into */
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

/** A kubeconfig that leads to a server without TLS. */
export function kubeconfigOf(server: string): string {
  return JSON.stringify({
    "current-context": "home",
    contexts: [{ name: "home", context: { cluster: "home", user: "admin" } }],
    clusters: [{ name: "home", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "admin", user: { token: "let-me-in" } }],
  });
}
