import type { HostFile } from "./hostNetwork.ts";

/**
 * The operating systems that machines of the lab boot: what a provider's image or an installer leaves on a host, as
 * far as the program can notice it.
 */
export interface System {
  /** As debootstrap names it. */
  suite: string;
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

export const systems = {
  /** By Debian's installer: the home server. */
  debian12: { suite: "bookworm", packages: ["ifupdown", "isc-dhcp-client"], network: "ifupdown" },
  /** Debian's cloud image: the VPS. */
  debian12Cloud: { suite: "bookworm", packages: ["systemd-resolved"], network: "networkd" },
  debian13: { suite: "trixie", packages: ["ifupdown", "dhcpcd-base"], network: "ifupdown" },
  debian13Cloud: { suite: "trixie", packages: ["systemd-resolved"], network: "networkd" },
} as const satisfies Record<string, System>;

export type SystemName = keyof typeof systems;
