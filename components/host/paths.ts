/** Where the proxies' files lie on the control plane. */
export const proxyFiles = {
  directory: "/etc/mynodeone",
  /** The proxies' view of DNS. */
  resolvConf: "/etc/mynodeone/resolv.conf",
} as const;
