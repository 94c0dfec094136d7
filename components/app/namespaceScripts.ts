import { shellQuote } from "../host/quote.ts";

/**
 * Kinds of objects that keep a namespace from being removed: data, settings, and whatever still runs or is reachable.
 */
const kinds = [
  ...["persistentvolumeclaims", "secrets", "configmaps", "services", "ingresses"],
  ...["deployments", "statefulsets", "daemonsets", "cronjobs"],
];

/** Where distributions keep the administrator's kubeconfig: k3s, RKE2, kubeadm. */
const kubeconfigs = [
  "/etc/rancher/k3s/k3s.yaml",
  "/etc/rancher/rke2/rke2.yaml",
  "/etc/kubernetes/admin.conf",
];

/**
 * Shell text for the control plane that removes the namespace of a removed release. It does so only if Helm created the
 * namespace and nobody's objects are left in it. Otherwise the namespace stays, and a warning names what keeps it.
 *
 * Helm gives a namespace that it creates the label `name`; `kubectl create namespace` does not.
 */
export function removeEmptyNamespace(app: string, namespace: string): string {
  const template =
    'go-template={{range .items}}{{if not .metadata.deletionTimestamp}}{{.kind}}/{{.metadata.name}}{{"\\n"}}{{end}}{{end}}';
  const label = "jsonpath={.metadata.labels.name}";
  const stays = `HybridApp ${JSON.stringify(app)}: the namespace ${namespace} stays`;
  return `
namespace=${shellQuote(namespace)}
PATH=$PATH:/var/lib/rancher/rke2/bin
for kubeconfig in ${kubeconfigs.join(" ")}; do
  if [ -r "$kubeconfig" ]; then export KUBECONFIG="$kubeconfig"; break; fi
done
KUBECACHEDIR=$(mktemp -d)
export KUBECACHEDIR
trap 'rm -rf "$KUBECACHEDIR"' EXIT
stays() { warn ${shellQuote(stays)}: "$*"; exit 0; }
command -v kubectl >/dev/null || stays "kubectl not found on the control plane, so it is not known whether the namespace is empty"
made_for=$(kubectl get namespace "$namespace" --ignore-not-found -o ${shellQuote(label)}) ||
  stays "kubectl on the control plane cannot reach the cluster"
if [ "$made_for" = "$namespace" ]; then
  kept=$(kubectl get -n "$namespace" ${kinds.join(",")} -o ${shellQuote(template)}) ||
    stays "kubectl cannot list its objects"
  kept=$(printf '%s\\n' "$kept" | grep -vx ConfigMap/kube-root-ca.crt | xargs)
  [ -z "$kept" ] || stays "it contains $kept"
  kubectl delete namespace "$namespace" --timeout=180s >/dev/null || stays "kubectl could not delete it"
fi`.trim();
}
