import type { HostFile } from "./hostFile.ts";

/**
 * The operating systems that machines of the lab boot: what a provider's image or an installer leaves on a host, as
 * far as the program can notice it.
 */
export interface System {
  /** As debootstrap names it. */
  suite: string;
  /** Whose archive has it. @default Debian's */
  archive?: "ubuntu";
  /** Beside `commonPackages`. */
  packages: readonly string[];
  /**
   * Who configures eth0 and writes /etc/resolv.conf: `ifupdown` with a DHCP client, as Debian's installer sets it up,
   * or `networkd` with systemd-resolved, as cloud images and Ubuntu have it.
   */
  network: "ifupdown" | "networkd";
  /** What the provider has put into its image besides. */
  files?: Readonly<Record<string, HostFile>>;
}

/** What each system has of itself, and what the program would otherwise fetch with apt. */
export const commonPackages = [
  ...["systemd", "systemd-sysv", "libpam-systemd", "dbus", "openssh-server", "sudo", "ca-certificates"],
  ...["iproute2", "iputils-ping", "procps", "curl", "socat", "ufw", "iptables", "nftables"],
];

/** As a stock nftables.conf is filled in by many an image: SSH alone comes in. */
const providersRules = `#!/usr/sbin/nft -f

flush ruleset

table inet filter {
  chain input {
    type filter hook input priority filter; policy accept;
    ct state established,related accept
    iif lo accept
    meta l4proto { icmp, ipv6-icmp } accept
    tcp dport 22 accept
    reject
  }
}
`;

export const systems = {
  /** By Debian's installer: the home server. */
  debian12: { suite: "bookworm", packages: ["ifupdown", "isc-dhcp-client"], network: "ifupdown" },
  /** Debian's cloud image: the VPS. */
  debian12Cloud: { suite: "bookworm", packages: ["systemd-resolved"], network: "networkd" },
  /** A provider's image with a web server, and with rules of its own that end in a REJECT. */
  debian12Crowded: {
    ...{ suite: "bookworm", packages: ["systemd-resolved", "nginx-light"], network: "networkd" },
    files: {
      "etc/nftables.conf": providersRules,
      "etc/systemd/system/sysinit.target.wants/nftables.service": {
        linkTo: "/lib/systemd/system/nftables.service",
      },
    },
  },
  debian13: { suite: "trixie", packages: ["ifupdown", "dhcpcd-base"], network: "ifupdown" },
  debian13Cloud: { suite: "trixie", packages: ["systemd-resolved"], network: "networkd" },
  ubuntu24: { suite: "noble", archive: "ubuntu", packages: ["systemd-resolved"], network: "networkd" },
} as const satisfies Record<string, System>;

export type SystemName = keyof typeof systems;
