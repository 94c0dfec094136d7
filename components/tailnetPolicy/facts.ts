/** A device, as far as a policy tells one from another. */
export interface PolicyDevice {
  /** Full name in the tailnet. */
  name: string;
  /** IPv4 and IPv6. */
  addresses: string[];
  /** Such as `tag:server`. */
  tags: string[];
  /** The owner's login name. */
  user: string;
}

/** An edge, by the name that the config has for it. */
export interface PolicyEdge {
  name: string;
  device: PolicyDevice;
}

/** What the policy of a tailnet is judged by, and made from. */
export interface PolicyFacts {
  edges: PolicyEdge[];
  home: PolicyDevice;
  /** All devices of the tailnet: a tag that only the edges have stands for them. */
  devices: PolicyDevice[];
  /** The proxy ports of the apps on the internet, in ascending order. */
  ports: number[];
}
