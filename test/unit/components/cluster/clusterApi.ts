import { startHttpApi } from "../../httpApi.ts";
import { kubeconfigOf } from "../../kubeconfig.ts";

/** The cluster's objects in the API's format; a Service with only ports is a ClusterIP Service over TCP. */
export interface ClusterContents {
  /** By namespace and name. Access to a namespace with the value `false` is forbidden. */
  services?: Record<string, Record<string, number[] | Record<string, unknown>> | false>;
  nodes?: object[];
  pods?: object[];
  serviceCidrs?: string[];
  /** Lists of the whole cluster that are forbidden, by the last part of their path. */
  forbidden?: string[];
}

/** A Kubernetes API that serves lists. */
export interface ClusterApi {
  kubeconfig: string;
  stop: () => Promise<void>;
}

const clusterDns = { "kube-dns": { spec: { clusterIP: "10.43.0.10", ports: [{ port: 53 }] } } };

/** Serves these objects, and the Service of the cluster's DNS unless they include `kube-system`. */
export async function startClusterApi(contents: ClusterContents): Promise<ClusterApi> {
  const { nodes = [], pods = [], serviceCidrs, forbidden = [] } = contents;
  const services: Required<ClusterContents>["services"] = { "kube-system": clusterDns, ...contents.services };
  const servicesIn = (namespace: string) =>
    Object.entries(services[namespace] || {}).map(([name, service]) => serviceOf(namespace, name, service));
  const api = await startHttpApi(({ path }) => {
    const { pathname } = new URL(path, "http://api");
    const [, namespace] = /^\/api\/v1\/namespaces\/([^/]+)\/services$/.exec(pathname) ?? [];
    const kind = pathname.split("/").at(-1) ?? "";
    const isForbidden =
      namespace === undefined ? forbidden.includes(kind) : contents.services?.[namespace] === false;
    if (isForbidden) return [403, { kind: "Status", message: "forbidden" }];
    if (namespace !== undefined) return [200, { kind: "ServiceList", items: servicesIn(namespace) }];
    const lists: Record<string, object[] | undefined> = {
      "/api/v1/services": Object.keys(services).flatMap(servicesIn),
      "/api/v1/nodes": nodes,
      "/api/v1/pods": pods,
      "/apis/networking.k8s.io/v1/servicecidrs": serviceCidrs?.map((cidr) => ({ spec: { cidrs: [cidr] } })),
    };
    const items = lists[pathname];
    return items ? [200, { kind: "List", items }] : [404, { kind: "Status", message: "not found" }];
  });
  return { kubeconfig: kubeconfigOf(api.url), stop: () => api.stop() };
}

function serviceOf(namespace: string, name: string, given: number[] | Record<string, unknown>): object {
  const service = Array.isArray(given) ? { spec: { ports: given.map((port) => ({ port })) } } : given;
  return { metadata: { namespace, name }, ...service };
}
