import { stringify } from "yaml";
import type { ClusterNetwork } from "../options.ts";

const name = "coredns";
const namespace = "kube-system";
const labels = { "k8s-app": "kube-dns" };

/** Cluster names are not cached, so a query after a Service was recreated returns the new ClusterIP. */
export function renderCorefile(network: Pick<ClusterNetwork, "clusterDomain" | "upstreamDns">): string {
  const { clusterDomain, upstreamDns } = network;
  return `.:53 {
    errors
    health
    ready
    kubernetes ${clusterDomain} in-addr.arpa ip6.arpa {
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }
    cache 30 {
        disable success ${clusterDomain}
        disable denial ${clusterDomain}
    }
    forward . ${upstreamDns}
}
`;
}

/**
 * The manifests of the cluster's DNS: CoreDNS under the Service name that every cluster uses.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/
 */
export function renderCoreDns(network: ClusterNetwork, image: string): string {
  const metadata = { name, namespace, labels };
  // k3s and kubeadm label the Service of the cluster's DNS like this.
  const serviceLabels = {
    ...labels,
    "kubernetes.io/cluster-service": "true",
    "kubernetes.io/name": "CoreDNS",
  };
  const readable = ["endpoints", "services", "pods", "namespaces"];
  const role = { apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name: "system:coredns" } };
  const manifests = [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      ...role,
      kind: "ClusterRole",
      rules: [
        { apiGroups: [""], resources: readable, verbs: ["list", "watch"] },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
      ],
    },
    {
      ...role,
      kind: "ClusterRoleBinding",
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: renderCorefile(network) } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace, labels: serviceLabels },
      spec: {
        clusterIP: network.clusterDns,
        selector: labels,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(image) },
      },
    },
  ];
  return manifests.map((manifest) => stringify(manifest, { aliasDuplicateObjects: false })).join("---\n");
}

function podSpec(image: string): object {
  return {
    serviceAccountName: name,
    priorityClassName: "system-cluster-critical",
    // It serves the cluster's names, but uses the node's resolver for its own queries.
    dnsPolicy: "Default",
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name,
        image,
        imagePullPolicy: "Never",
        args: ["-conf", "/etc/coredns/Corefile"],
        readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
        livenessProbe: { httpGet: { path: "/health", port: 8080 }, initialDelaySeconds: 30 },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
        },
        volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
      },
    ],
    volumes: [{ name: "config", configMap: { name } }],
  };
}
