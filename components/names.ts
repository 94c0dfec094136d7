/*
 * Names that more than one room uses, and that users and tools find on hosts and at vendors. None may change: what a
 * former version made is found by them.
 */

/** The directory of ours on a host. */
export const hostDirectory = "/etc/mynodeone";

/** Where a route's file lies on an edge: Traefik takes up what is put there. */
export const routeDirectory = "/etc/traefik/dynamic";

/** The systemd units of an app's proxy. */
export function proxyUnits(app: string): { socket: string; service: string } {
  return { socket: `${app}-proxy.socket`, service: `${app}-proxy.service` };
}

/** A part of a firewall that belongs to an app's proxy: its own table, or its elements in the edges' table. */
export function proxyFirewallFile(app: string, part: "nft" | "published"): string {
  return `${hostDirectory}/${app}-proxy.${part}`;
}

/** The file of a route on an edge. @param app a label, or a host name */
export function routeFile(app: string): string {
  return `${routeDirectory}/${app}.yaml`;
}

/** What marks a UFW rule as an app's. */
export function firewallRuleComment(app: string): string {
  return `mynodeone ${app}`;
}

/** What marks a DNS record as a stack's. */
export function recordComment(stack: string): string {
  return `mynodeone ${stack}`;
}

/** The comment of records from before they named their stack. */
export const formerRecordComment = "mynodeone";

/** The URL of a host on the internet. */
export function publicUrl(host: string): string {
  return `https://${host}`;
}

/** The URL of a proxy. */
export function proxyUrl(scheme: string, address: string, port: number): string {
  return `${scheme}://${address}:${port}`;
}

/** How a pod of the cluster reaches a Service, whatever the cluster's domain is. */
export function clusterUrl(service: {
  scheme: string;
  name: string;
  namespace: string;
  port: number;
}): string {
  return `${service.scheme}://${service.name}.${service.namespace}.svc:${service.port}`;
}
