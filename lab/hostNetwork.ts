/** A machine's network and resolver configuration: the files that its vendor's installer or image writes. */
import type { HostFile } from "./hostFile.ts";
import type { System } from "./systems.ts";
import { inet, lan, services, type Host } from "./topology.ts";

/** @see https://manpages.debian.org/bookworm/ifupdown/interfaces.5.en.html */
function ifupdownFiles({ dhcp, address, addresses6, ...host }: Host): Record<string, HostFile> {
  const { gateway, gateway6 } = gatewaysOf(host);
  const static4 = ["iface eth0 inet static", `    address ${address}/24`, `    gateway ${gateway}`];
  const static6 = addresses6.flatMap((one, index) => [
    ...["iface eth0 inet6 static", `    address ${one}/64`, "    accept_ra 0", "    dad-attempts 0"],
    ...(index === 0 ? [`    gateway ${gateway6}`] : []),
  ]);
  const lines = [
    ...["auto lo", "iface lo inet loopback", "auto eth0"],
    ...(dhcp ? ["iface eth0 inet dhcp"] : static4),
    ...static6,
  ];
  return {
    "etc/network/interfaces": `${lines.join("\n")}\n`,
    "etc/resolv.conf": `nameserver ${services.dns.address}\n`,
  };
}

/** @see https://www.freedesktop.org/software/systemd/man/latest/systemd.network.html */
function networkdFiles({ dhcp, address, addresses6, ...host }: Host): Record<string, HostFile> {
  const { gateway, gateway6 } = gatewaysOf(host);
  const lines = [
    ...(dhcp
      ? ["DHCP=ipv4"]
      : [`Address=${address}/24`, `Gateway=${gateway}`, `DNS=${services.dns.address}`]),
    ...addresses6.map((one) => `Address=${one}/64`),
    `Gateway=${gateway6}`,
    "IPv6AcceptRA=no",
  ];
  const unit = (name: string) => ({ linkTo: `/lib/systemd/system/${name}.service` });
  return {
    "etc/systemd/network/10-eth0.network": `[Match]\nName=eth0\n\n[Network]\n${lines.join("\n")}\n`,
    "etc/resolv.conf": { linkTo: "../run/systemd/resolve/stub-resolv.conf" },
    "etc/systemd/system/multi-user.target.wants/systemd-networkd.service": unit("systemd-networkd"),
    "etc/systemd/system/dbus-org.freedesktop.network1.service": unit("systemd-networkd"),
    "etc/systemd/system/sysinit.target.wants/systemd-resolved.service": unit("systemd-resolved"),
    "etc/systemd/system/dbus-org.freedesktop.resolve1.service": unit("systemd-resolved"),
  };
}

/** Files by path, without the leading slash. */
export function networkFiles(host: Host, system: Pick<System, "network">): Record<string, HostFile> {
  return system.network === "networkd" ? networkdFiles(host) : ifupdownFiles(host);
}

const gatewaysOf = ({ network }: Pick<Host, "network">) => (network === "inet" ? inet : lan);
