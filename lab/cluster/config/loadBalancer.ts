import { stringify } from "yaml";

const service = { name: "traefik", namespace: "kube-system" };
const labels = { "svccontroller.k3s.cattle.io/svcname": service.name };

/** The ports of the node that k3s gives to its own Traefik, and the ports where the pods' containers listen. */
const ports = [
  { name: "web", port: 80, targetPort: 8080 },
  { name: "websecure", port: 443, targetPort: 8443 },
];

/**
 * A Service of type LoadBalancer as k3s's ServiceLB implements it: a pod on each node with the Service's ports as host
 * ports, one container each. k3s's pods forward connections to the Service; these answer themselves, over plain HTTP
 * even on 443.
 *
 * @see https://docs.k3s.io/networking/networking-services#service-load-balancer
 */
export function renderLoadBalancer(image: string): { service: typeof service; manifests: string } {
  const containers = ports.map(({ port, targetPort }) => ({
    name: `lb-tcp-${port}`,
    image,
    imagePullPolicy: "Never",
    env: [{ name: "PORT", value: String(targetPort) }],
    ports: [{ name: `lb-tcp-${port}`, containerPort: targetPort, hostPort: port }],
  }));
  const manifests = [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...service, labels: { "app.kubernetes.io/name": "traefik" } },
      spec: { type: "LoadBalancer", selector: labels, ports },
    },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: `svclb-${service.name}`, namespace: service.namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 1, containers },
        },
      },
    },
  ];
  const text = manifests.map((manifest) => stringify(manifest, { aliasDuplicateObjects: false }));
  return { service, manifests: text.join("---\n") };
}
