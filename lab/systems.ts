import type { HostFile } from "./hostFile.ts";

/**
 * The operating systems of the lab's machines: what a provider's image or an installer leaves on a host, as far as it
 * matters to the program.
 */
export interface System {
  /** The suite's name for debootstrap. */
  suite: string;
  /** The distribution whose archive contains it. @default Debian's */
  archive?: "ubuntu";
  /** Added to `commonPackages`. */
  packages: readonly string[];
  /**
   * The program that configures eth0 and writes /etc/resolv.conf: `ifupdown` with a DHCP client, as in Debian's
   * installer, or `networkd` with systemd-resolved, as in cloud images and Ubuntu.
   */
  network: "ifupdown" | "networkd";
  /** What else the provider has put into its image. */
  files?: Readonly<Record<string, HostFile>>;
}

/** The packages of each system, and those that the program would otherwise install with apt. */
export const commonPackages = [
  ...["systemd", "systemd-sysv", "libpam-systemd", "dbus", "openssh-server", "sudo", "ca-certificates"],
  ...["iproute2", "iputils-ping", "procps", "curl", "socat", "ufw", "iptables", "nftables"],
];

/** The nftables.conf of many images: only SSH is accepted. */
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
  /** The home server, set up by Debian's installer. */
  debian12: { suite: "bookworm", packages: ["ifupdown", "isc-dhcp-client"], network: "ifupdown" },
  /** The VPS, with Debian's cloud image. */
  debian12Cloud: { suite: "bookworm", packages: ["systemd-resolved"], network: "networkd" },
  /** A provider's image with a web server and its own rules, which end in a REJECT. */
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
