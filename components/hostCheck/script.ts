import { shellCommand, shellQuote } from "../host/quote.ts";
import { proxyUnits, traefikUnit } from "../names.ts";
import type { PortClaim, TailnetClaim } from "./claims.ts";
import { checkFirewall } from "./firewallScript.ts";
import { foreignTraefik, foreignTraefikAdvice } from "../edge/traefik/owner.ts";
import { portHolder } from "../host/portHolder.ts";
import { tailnetInterface } from "../host/firewall/ufw.ts";

/** Requirements for a host before any change. */
export interface HostRequirements {
  /** Start of a message: component, name, and the option of this host. */
  subject: string;
  ports: PortClaim[];
  /** Whether it will run our Traefik, and so must have no other. @default false */
  traefik?: boolean;
  /** What the scripts install if missing: `program=package`, as for the shell function `need`. */
  needs?: string[];
  /** The address that the host must have in the tailnet, and the option that it comes from. */
  tailnet?: TailnetClaim;
  /** URL of the server to compare the clock with: the certificate authority's. */
  clockServer?: string;
}

/** Where scripts and packages write; each may be a separate file system. */
const directories = ["/etc", "/tmp", "/usr/local", "/var/lib"];
/** Enough for our files and a few small packages. Larger steps check for themselves. */
const megabytes = 100;
/** Tolerance of the clock check: unset clocks are off by more, synchronised ones by far less. */
const secondsOff = 600;

/**
 * Shell text that reports all problems at once and changes nothing.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/os-release.html
 */
export function checkHost(requirements: HostRequirements): string {
  const { subject, ports, clockServer, traefik = false, needs = [], tailnet } = requirements;
  return `
failed=
subject=${shellQuote(subject)}
problem() { warn "$subject: $*"; failed=1; }
[ -d /run/systemd/system ] ||
  problem "it was not booted with systemd, which must run the services. Use a Debian or Ubuntu booted with systemd."
system=$(. /etc/os-release && echo "$ID \${ID_LIKE:-} ") || true
case " $system" in
  *' debian '* | *' ubuntu '*) ;;
  *) problem "it runs $(. /etc/os-release && echo "$PRETTY_NAME" || echo 'an unknown system'). Use Debian or Ubuntu." ;;
esac
for directory in ${directories.join(" ")}; do
  left=$(df --output=avail --block-size=1M "$directory" | tail -n 1 | tr -d " ")
  if ! [ -w "$directory" ]; then
    problem "$directory is read-only. Look for the reason with: dmesg | tail"
  elif [ "$left" -lt ${megabytes} ]; then
    problem "$directory has $left MB left, and ${megabytes} MB are needed. Free some: sudo apt-get clean; sudo journalctl --vacuum-size=50M"
  fi
done
${ports.length > 0 ? checkPorts(ports) : ""}
${traefik ? checkTraefik() : ""}
${needs.length > 0 ? checkPackages(needs) : ""}
${tailnet === undefined ? "" : checkTailnet(tailnet)}
${checkFirewall(ports)}
${clockServer === undefined ? "" : checkClock(clockServer)}
[ -z "$failed" ]`.trim();
}

/** A port held by our own unit is accepted, and so is one that moves between apps. */
function checkPorts(ports: PortClaim[]): string {
  const calls = ports.map(({ address, port, unit, otherwise }) =>
    shellCommand("free_port", address ?? "", String(port), unit, otherwise),
  );
  const proxies = proxyUnits("*");
  return `
${portHolder}
ours() {
  if [ "$1" = 1 ]; then
    held=$2
  else
    # systemd's hierarchy is one of these two; the other one, if mounted, shows only /.
    group=$(sed -n 's/^[0-9]*:name=systemd://p; s/^0:://p' "/proc/$1/cgroup" 2>/dev/null | grep -vx / | head -n 1)
    held=\${group##*/}
    # A user's own unit can have the same name.
    [ "$(systemctl show -p ControlGroup --value "$held")" = "$group" ] || return 1
  fi
  case $held in
    "$3" | ${proxies.socket} | ${proxies.service}) [ -z "$(foreign_unit "$held")" ] ;;
    *) return 1 ;;
  esac
}
free_port() {
  for unit in "$3" "\${3%.service}.socket"; do
    stranger=$(foreign_unit "$unit")
    if [ -n "$stranger" ] && [ "$3" != ${traefikUnit} ]; then
      problem "$stranger was not written by this program, and is not overwritten. Remove it, if nobody needs it: sudo systemctl disable --now $unit && sudo rm $stranger. Or call the app by another name."
    fi
  done
  while read -r _ _ _ local _ details; do
    at=\${local%:*}
    case \${1:-any}:\${at%%%*} in
      :* | any:?* | *:0.0.0.0 | *:'*' | "$1:$1") ;;
      *) continue ;;
    esac
    inode=\${details#*ino:}
    pid=$(holder_of "\${inode%% *}")
    unit=
    program=$(tr -d '\\n' < "/proc/$pid/comm" 2>/dev/null) || program="a process that has ended"
    if [ "$pid" = 1 ]; then
      unit=$(systemctl list-sockets --no-legend --plain | awk -v port=":$2" '{
        if (substr($1, length($1) - length(port) + 1) == port) print $2
      }' | head -n 1)
      program=\${unit:-systemd}
    fi
    if ! ours "$pid" "$unit" "$3"; then
      problem "port $2 is taken by $program (process $pid) on $local. Stop that, or $4."
      return
    fi
  done <<LISTENERS
$(ss -Hltne "sport = :$2")
LISTENERS
}
${calls.join("\n")}`.trim();
}

function checkTraefik(): string {
  return `
${foreignTraefik}
strangers=$(foreign_traefik | paste -sd , | sed 's/,/, /g')
if [ -n "$strangers" ]; then problem "found $strangers "${shellQuote(foreignTraefikAdvice)}; fi`.trim();
}

/**
 * Debian's `ufw` and `iptables-persistent` conflict. apt lists what it would remove, if it has its package lists: a
 * fresh image has none yet.
 */
function checkPackages(needs: string[]): string {
  return `
missing=
for pair in ${shellCommand(...needs)}; do
  command -v "\${pair%%=*}" >/dev/null || missing="$missing \${pair#*=}"
done
if [ -n "$missing" ]; then
  gone=$(apt-get -s --no-install-recommends install $missing 2>/dev/null | sed -n 's/^Remv \\([^ ]*\\).*/\\1/p' | xargs)
  case "$gone $missing " in
    ' '*' ufw '*)
      gone=$(dpkg-query -W -f '\${db:Status-Status} \${Package}\\n' iptables-persistent netfilter-persistent 2>/dev/null |
        sed -n 's/^installed //p' | xargs)
      ;;
  esac
  if [ -n "$gone" ]; then
    problem "installing$missing would remove $gone. First move its rules elsewhere, such as to UFW, then remove it: sudo apt-get remove $gone"
  fi
fi`.trim();
}

/** Nothing else would fail: a proxy can bind to a missing address, and a firewall rule would allow another device's. */
function checkTailnet({ address, option }: TailnetClaim): string {
  return `
there=$(ip -o -4 address show dev ${tailnetInterface} 2>/dev/null | awk '{ sub("/.*", "", $4); print $4 }' | xargs)
case " $there " in
  *${shellQuote(` ${address} `)}*) ;;
  '  ') problem ${shellQuote(`${option} points to ${address}, but this host has no address in the tailnet: ${tailnetInterface} is missing or has none. Log the host in (sudo tailscale up), and start tailscaled without --tun=userspace-networking, which creates no interface.`)} ;;
  *) problem ${shellQuote(`${option} points to ${address}, but this host is`)}" $there "${shellQuote(`in the tailnet. Set the device that tailscale status lists first on this host; another device may have taken the name.`)} ;;
esac`.trim();
}

/**
 * Reads the time in an HTTP answer. The certificate is not verified: with a wrong clock, which this check has to find,
 * every certificate may appear expired. A server that does not answer is ignored.
 */
function checkClock(server: string): string {
  return `
answer() {
  if command -v curl >/dev/null; then curl -skm 10 -o /dev/null -D - ${shellQuote(server)}
  else wget -qSO /dev/null -T 10 -t 1 --no-check-certificate ${shellQuote(server)} 2>&1
  fi
}
there=$(answer | tr -d '\\r' | sed -n 's/^ *[Dd]ate: *//p' | tail -n 1) || true
if [ -n "$there" ]; then
  off=$(($(date +%s) - $(date -d "$there" +%s)))
  if [ "\${off#-}" -gt ${secondsOff} ]; then
    problem "its clock is \${off#-} s off: $(date -u '+%F %T') UTC. Certificates would be refused. Set it: sudo timedatectl set-ntp true"
  fi
fi`.trim();
}
