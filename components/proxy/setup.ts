/** Protocol of a Service. */
export type Scheme = "http" | "https";

/** Inputs of one proxy's script. */
export interface ProxySetup {
  /** The app it belongs to: a DNS label. */
  app: string;
  /** The control plane's tailnet address. */
  address: string;
  /** TCP port to listen on. */
  port: number;
  /** Who may connect. */
  allow: string[];
  /** Target of its connections. */
  service: { namespace: string; name: string; port: number; scheme: Scheme };
  /** The cluster's pod and Service networks. */
  clusterCidrs: string[];
  /** IPv4 addresses of the nodes that its pods listen on; empty if pods have their own. */
  nodeAddresses: string[];
  /** The cluster's DNS domain. */
  clusterDomain: string;
  /** The cluster's DNS. */
  clusterDns: string;
  /** The URL for users. */
  publicUrl: string;
  /** The user who owns the env files. */
  user: string;
}
