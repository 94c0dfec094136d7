/*
 * Names shared by several components, which users and tools find on hosts and at vendors. None may change: they
 * identify what former versions created.
 */

/** Our directory on a host. */
export const hostDirectory = "/etc/mynodeone";

/**
 * Directory of our files on a host until its next boot. Only root can enter it: any user who can open the lock, even for
 * reading, could hold it forever.
 */
export const runDirectory = "/run/mynodeone";

/** Traefik's systemd unit on an edge. */
export const traefikUnit = "traefik.service";

/** Directory of Traefik's configuration on an edge. */
export const traefikDirectory = "/etc/traefik";

/** Directory of route files on an edge. Traefik loads files in it without a restart. */
export const routeDirectory = `${traefikDirectory}/dynamic`;

/** End of the names of a proxy's units and firewall files, before their extension. */
export const proxySuffix = "-proxy";

/** The systemd units of an app's proxy. @param app a label; `*` gives patterns for the proxies of all apps */
export function proxyUnits(app: string): { socket: string; service: string } {
  return { socket: `${app}${proxySuffix}.socket`, service: `${app}${proxySuffix}.service` };
}

/** A firewall file of an app's proxy: its own table, or its elements in the edges' table. */
export function proxyFirewallFile(app: string, part: "nft" | "published"): string {
  return `${hostDirectory}/${app}${proxySuffix}.${part}`;
}

/** The file of a route on an edge. @param app a label, or a host name */
export function routeFile(app: string): string {
  return `${routeDirectory}/${app}.yaml`;
}

/** Comment of an app's UFW rules. */
export function firewallRuleComment(app: string): string {
  return `mynodeone ${app}`;
}

/** Comment of a stack's DNS records. */
export function recordComment(stack: string): string {
  return `mynodeone ${stack}`;
}

/** Comment of records from a former version, without the stack's name. */
export const formerRecordComment = "mynodeone";

/** The URL of a host on the internet. */
export function publicUrl(host: string): string {
  return `https://${host}`;
}

/** The URL of a proxy. */
export function proxyUrl(scheme: string, address: string, port: number): string {
  return `${scheme}://${address}:${port}`;
}

/** A Service's URL for pods, independent of the cluster's domain. */
export function clusterUrl(service: {
  scheme: string;
  name: string;
  namespace: string;
  port: number;
}): string {
  return `${service.scheme}://${service.name}.${service.namespace}.svc:${service.port}`;
}
