namespace='monitoring'
PATH=$PATH:/var/lib/rancher/rke2/bin
for kubeconfig in /etc/rancher/k3s/k3s.yaml /etc/rancher/rke2/rke2.yaml /etc/kubernetes/admin.conf; do
  if [ -r "$kubeconfig" ]; then export KUBECONFIG="$kubeconfig"; break; fi
done
KUBECACHEDIR=$(mktemp -d)
export KUBECACHEDIR
trap 'rm -rf "$KUBECACHEDIR"' EXIT
stays() { warn 'HybridApp "uptime-kuma": the namespace monitoring stays': "$*"; exit 0; }
command -v kubectl >/dev/null || stays "kubectl not found on the control plane, so it is not known whether the namespace is empty"
made_for=$(kubectl get namespace "$namespace" --ignore-not-found -o 'jsonpath={.metadata.labels.name}') ||
  stays "kubectl on the control plane cannot reach the cluster"
if [ "$made_for" = "$namespace" ]; then
  kept=$(kubectl get -n "$namespace" persistentvolumeclaims,secrets,configmaps,services,ingresses,deployments,statefulsets,daemonsets,cronjobs -o 'go-template={{range .items}}{{if not .metadata.deletionTimestamp}}{{.kind}}/{{.metadata.name}}{{"\n"}}{{end}}{{end}}') ||
    stays "kubectl cannot list its objects"
  kept=$(printf '%s\n' "$kept" | grep -vx ConfigMap/kube-root-ca.crt | xargs)
  [ -z "$kept" ] || stays "it contains $kept"
  kubectl delete namespace "$namespace" --timeout=180s >/dev/null || stays "kubectl could not delete it"
fi
