import { stringify } from "yaml";

/** Name of the account and of its namespace. */
const accountName = "mynodeone";

/** Whether a namespace belongs to Kubernetes: rights in it are rights over the cluster. */
export function isClusters(namespace: string): boolean {
  return namespace.startsWith("kube-");
}

/**
 * Objects for a dedicated account with only the rights that the program needs: install charts into these namespaces,
 * and read what a preview looks up. It cannot read Secrets of other namespaces.
 *
 * A chart with a ClusterRole, a CRD or an object in another namespace needs the administrator's kubeconfig.
 *
 * @param namespaces namespaces that apps are installed into
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
        // Helm tries to create a release's namespace even if it exists.
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
