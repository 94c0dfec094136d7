import { onConsole } from "../../../lab/machines.ts";
import { hosts } from "../../../lab/topology.ts";
import { anotherConfig, itRefuses, type Fault } from "../refusal.ts";

const home = `ControlPlane "home": ssh.host is "${hosts.home.address}:22"`;
const edge = `EdgeNode "edge": ssh.host is "${hosts.vps.address}:22"`;

/** The firewall of a rented server's image: rules that accept, then a rejection. */
const imageRules = [
  "INPUT 1 -m state --state RELATED,ESTABLISHED -j ACCEPT",
  "INPUT 2 -p tcp -m tcp --dport 22 -j ACCEPT",
  "INPUT 3 -j REJECT --reject-with icmp-host-prohibited",
];

/** A Service of type LoadBalancer or a pod's hostPort, as redirected by CNI's portmap, without a listening program. */
const hostPort = `
table ip portmap {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    fib daddr type local tcp dport 8099 dnat to 10.42.0.9:80
  }
}`;

const hostPortOfIptables = [
  "-N OTHER-HOSTPORT-DNAT",
  "-A PREROUTING -m addrtype --dst-type LOCAL -j OTHER-HOSTPORT-DNAT",
  "-A OTHER-HOSTPORT-DNAT -p tcp -m multiport --dports 8099 -j DNAT --to-destination 10.42.0.9:80",
];
const removesHostPort = [
  "-D PREROUTING -m addrtype --dst-type LOCAL -j OTHER-HOSTPORT-DNAT",
  "-F OTHER-HOSTPORT-DNAT",
  "-X OTHER-HOSTPORT-DNAT",
];

const ownInput = `
table inet own {
  chain input {
    type filter hook input priority filter + 5; policy drop;
    ct state established,related accept
    iifname "lo" accept
    iifname "tailscale0" accept
    tcp dport { 22, 443 } accept
  }
}`;

const strangersUnit = (unit: string) => `/etc/systemd/system/${unit}`;
const writesUnit = (unit: string) =>
  `printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > ${strangersUnit(unit)} && systemctl daemon-reload`;

/** A package whose installation would remove another one, like Debian's ufw and iptables-persistent. */
const buildsPackages = `
mkdir -p /tmp/apt/old/DEBIAN /tmp/apt/new/DEBIAN
control() { printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: lab <lab@lab.test>\\nDescription: stands in\\n%s' "$@"; }
control lab-persistent 99 '' > /tmp/apt/old/DEBIAN/control
control ufw 99 'Breaks: lab-persistent
' > /tmp/apt/new/DEBIAN/control
dpkg-deb --build /tmp/apt/old /tmp/apt/old.deb >/dev/null
dpkg-deb --build /tmp/apt/new /tmp/apt/new.deb >/dev/null
dpkg --install /tmp/apt/old.deb >/dev/null
cd /tmp/apt
{ cat new/DEBIAN/control
  printf 'Filename: ./new.deb\\nSize: %s\\nSHA256: %s\\n' "$(stat -c %s new.deb)" "$(sha256sum new.deb | cut -d ' ' -f 1)"
} > Packages
echo 'deb [trusted=yes] file:/tmp/apt ./' > /etc/apt/sources.list.d/lab.list
apt-get update -o Dir::Etc::sourcelist=sources.list.d/lab.list -o Dir::Etc::sourceparts=- >/dev/null
mv /usr/sbin/ufw /usr/sbin/ufw.away
`;
const removesPackages = `
mv /usr/sbin/ufw.away /usr/sbin/ufw
dpkg --purge lab-persistent >/dev/null
rm -rf /tmp/apt /etc/apt/sources.list.d/lab.list
`;

const faults: Record<string, Fault> = {
  "a firewall rule of the image that precedes UFW's": {
    cause: () => onConsole("vps", imageRules.map((rule) => `iptables -I ${rule}`).join("\n")),
    message: [
      `${edge}: port 80 is refused by the firewall rule "-A INPUT -j REJECT --reject-with icmp-host-prohibited"`,
      "port 443 is refused",
      "sudo iptables -D INPUT -j REJECT --reject-with icmp-host-prohibited",
    ],
    repair: () =>
      onConsole("vps", imageRules.map((rule) => `iptables -D ${rule.replace(/ \d /, " ")}`).join("\n")),
  },
  "an nftables table that drops a port of the edge": {
    cause: () => onConsole("vps", `nft -f - <<'END'\n${ownInput}\nEND`),
    message: [`${edge}: port 80 is refused by nftables`, "inet own input: type filter hook input"],
    repair: () => onConsole("vps", "nft delete table inet own"),
  },
  "a UFW rule that closes a port of the edge": {
    cause: () => onConsole("vps", "ufw prepend deny 443"),
    message: [`${edge}: UFW's rule "deny 443" refuses port 443`, "sudo ufw delete deny 443"],
    repair: () => onConsole("vps", "ufw delete deny 443"),
  },
  "another firewall manager": {
    cause: () => onConsole("home", "systemd-run --quiet --collect --unit=firewalld sleep infinity"),
    message: [`${home}: firewalld is active`, "sudo systemctl disable --now firewalld"],
    repair: () => onConsole("home", "systemctl stop firewalld"),
  },
  "a hostPort on a proxy's port": {
    cause: () => onConsole("home", `nft -f - <<'END'\n${hostPort}\nEND`),
    message: [
      `${home}: port 8099 is redirected by nftables`,
      "fib daddr type local tcp dport 8099 dnat to 10.42.0.9:80",
      "choose another one for mynodeone:apps.spare.proxyPort",
    ],
    repair: () => onConsole("home", "nft delete table ip portmap"),
  },
  "a NAT rule of iptables on a proxy's port": {
    cause: () => onConsole("home", hostPortOfIptables.map((rule) => `iptables -t nat ${rule}`).join("\n")),
    message: [
      `${home}: port 8099 is redirected by the NAT rule "-A OTHER-HOSTPORT-DNAT`,
      "choose another one for mynodeone:apps.spare.proxyPort",
    ],
    repair: () => onConsole("home", removesHostPort.map((rule) => `iptables -t nat ${rule}`).join("\n")),
  },
  "a proxy's port that tailscale serve uses": {
    cause: () => onConsole("home", "tailscale serve --bg --tcp 8099 tcp://127.0.0.1:22"),
    message: [/port 8099 (of the tailnet address )?is taken by "tailscale serve"/, "8099 off"],
    repair: () => onConsole("home", "tailscale serve reset"),
  },
  "a tailnet address of another device": {
    request: () => {
      const config = anotherConfig();
      const [one] = config["mynodeone:edges"];
      if (one) Object.assign(one, { tailnetIp: "100.64.0.77" });
      return { config };
    },
    message: [
      `${edge}: mynodeone:edges[0].tailnetIp points to 100.64.0.77, but this host is 100.64.0.`,
      "tailscale status",
    ],
  },
  "a home that is not in the tailnet": {
    cause: () =>
      onConsole(
        "home",
        `ip -4 -o address show dev tailscale0 | awk '{ print "address add " $4 " dev tailscale0" }' > /tmp/tailnet
        ip -4 route show table 52 | sed 's/^/route add table 52 /' >> /tmp/tailnet
        ip -4 address flush dev tailscale0`,
      ),
    message: [
      `${home}: mynodeone:controlPlane`,
      "but this host has no address in the tailnet",
      "sudo tailscale up",
    ],
    // The interface loses its routes with its last address.
    repair: () => onConsole("home", "ip -batch /tmp/tailnet && rm /tmp/tailnet"),
  },
  "a Traefik that this program did not install": {
    cause: () =>
      onConsole("vps", "sed -i.away 1d /etc/systemd/system/traefik.service && systemctl daemon-reload"),
    message: [
      `${edge}: found /etc/systemd/system/traefik.service of a Traefik that this program did not install`,
      "use another VPS",
    ],
    repair: () =>
      onConsole(
        "vps",
        "cd /etc/systemd/system && mv traefik.service.away traefik.service && systemctl daemon-reload",
      ),
  },
  "a foreign unit with a proxy's name": {
    cause: () => onConsole("home", writesUnit("spare-proxy.service")),
    message: [
      `${home}: ${strangersUnit("spare-proxy.service")} was not written by this program`,
      "sudo systemctl disable --now spare-proxy.service",
    ],
    repair: () => onConsole("home", `rm ${strangersUnit("spare-proxy.service")} && systemctl daemon-reload`),
  },
  "a foreign socket unit with a proxy's name": {
    cause: () =>
      onConsole(
        "home",
        `printf '[Socket]\\nListenStream=9999\\nAccept=yes\\n' > ${strangersUnit("spare-proxy.socket")} && systemctl daemon-reload`,
      ),
    message: [
      `${home}: ${strangersUnit("spare-proxy.socket")} was not written by this program`,
      "sudo systemctl disable --now spare-proxy.socket",
    ],
    repair: () => onConsole("home", `rm ${strangersUnit("spare-proxy.socket")} && systemctl daemon-reload`),
  },
  "a package that UFW would replace": {
    cause: () => onConsole("vps", buildsPackages),
    message: [`${edge}: installing ufw would remove lab-persistent`, "sudo apt-get remove lab-persistent"],
    repair: () => onConsole("vps", removesPackages),
  },
  "a user whom sudo allows only some commands": {
    cause: () => restrictSudo("deploy ALL=(ALL) NOPASSWD: /bin/true"),
    message: ['EdgeNode "edge": ssh.user is "deploy"', "sudo", "NOPASSWD: ALL"],
    repair: mendSudo,
  },
  "sudo that requires a terminal": {
    cause: () => restrictSudo("Defaults:deploy requiretty"),
    message: [
      'EdgeNode "edge": ssh.user is "deploy"',
      "sudo requires a terminal",
      "Defaults:deploy !requiretty",
    ],
    repair: mendSudo,
  },
};

describe("a run is refused with one message, and changes nothing, because of", () => {
  itRefuses(faults);
});

/** Takes precedence as the last rule of sudoers. */
function restrictSudo(line: string): Promise<string> {
  return onConsole(
    "vps",
    `echo '${line}' > /etc/sudoers.d/zz-broken
    ${line.startsWith("Defaults") ? "" : "mv /etc/sudoers.d/deploy /etc/sudoers.d/deploy.away"}`,
  );
}

/** sudo ignores files with a dot in their names. */
function mendSudo(): Promise<string> {
  return onConsole(
    "vps",
    `rm /etc/sudoers.d/zz-broken
    if [ -e /etc/sudoers.d/deploy.away ]; then mv /etc/sudoers.d/deploy.away /etc/sudoers.d/deploy; fi`,
  );
}
