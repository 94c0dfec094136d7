import { stringify } from "yaml";

/** The account's name, and that of its own namespace. */
export const accountName = "mynodeone";

/** Whether a namespace is Kubernetes's own: its administrator administers the cluster. */
export function isClusters(namespace: string): boolean {
  return namespace.startsWith("kube-");
}

/**
 * Objects for a cluster by which a kubeconfig of its own may do what the program does, and no more: install charts into
 * these namespaces, and read what a preview looks up. Secrets of other namespaces stay closed to it.
 *
 * A chart with a ClusterRole, a CRD or an object in another namespace needs the administrator's kubeconfig.
 *
 * @param namespaces those that apps are installed into
 * @returns YAML for `kubectl apply`
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
 */
export function clusterAccess(namespaces: readonly string[]): string {
  const metadata = { name: accountName };
  const subject = { kind: "ServiceAccount", name: accountName, namespace: accountName };
  const roleRef = (kind: string, name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
  const rbac = "rbac.authorization.k8s.io/v1";
  const objects = [
    { apiVersion: "v1", kind: "Namespace", metadata },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { ...metadata, namespace: accountName } },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        ...metadata,
        namespace: accountName,
        annotations: { "kubernetes.io/service-account.name": accountName },
      },
      type: "kubernetes.io/service-account-token",
    },
    {
      apiVersion: rbac,
      kind: "ClusterRole",
      metadata,
      rules: [
        { apiGroups: [""], resources: ["services", "nodes", "pods"], verbs: ["list"] },
        { apiGroups: ["networking.k8s.io"], resources: ["servicecidrs"], verbs: ["list"] },
        // Helm tries to make a release's namespace although it is there.
        { apiGroups: [""], resources: ["namespaces"], verbs: ["create"] },
      ],
    },
    {
      apiVersion: rbac,
      kind: "ClusterRoleBinding",
      metadata,
      subjects: [subject],
      roleRef: roleRef("ClusterRole", accountName),
    },
    ...[...new Set(namespaces)].sort().flatMap((namespace) => [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      {
        apiVersion: rbac,
        kind: "RoleBinding",
        metadata: { ...metadata, namespace },
        subjects: [subject],
        roleRef: roleRef("ClusterRole", "admin"),
      },
    ]),
  ];
  return objects.map((object) => stringify(object)).join("---\n");
}
