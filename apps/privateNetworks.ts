/**
 * Where requests seem to come from inside the cluster. socat dials the Service, and Kubernetes puts an address
 * of the node or of its pod network in the client's place: private either way, and which one differs between
 * clusters. The client's own address is in `X-Forwarded-For`, where an app reads it from a proxy it trusts.
 */
export const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] as const;
