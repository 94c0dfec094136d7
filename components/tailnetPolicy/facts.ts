/** A device, with the attributes that policies refer to. */
export interface PolicyDevice {
  /** Full name in the tailnet. */
  name: string;
  /** IPv4 and IPv6 addresses. */
  addresses: string[];
  /** Such as `tag:server`. */
  tags: string[];
  /** The owner's login name. */
  user: string;
}

/** An edge, by its name in the config. */
export interface PolicyEdge {
  name: string;
  device: PolicyDevice;
}

/** Facts for checking and writing a tailnet's policy. */
export interface PolicyFacts {
  edges: PolicyEdge[];
  home: PolicyDevice;
  /** The home's IPv4 address in the tailnet, where its proxies listen. */
  homeAddress: string;
  /** All devices of the tailnet. A tag identifies the edges only if no other device has it. */
  devices: PolicyDevice[];
  /** The proxy ports of the apps on the internet, in ascending order. */
  ports: number[];
}
