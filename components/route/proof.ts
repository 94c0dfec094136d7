import { firewallKeeper } from "../host/firewall/keeper.ts";
import { shellCommand, shellQuote } from "../host/quote.ts";
import { probePorts } from "../proxy/firewall.ts";

/** The proxy behind a route. */
export interface ProvenProxy {
  /** The app it belongs to. */
  app: string;
  /** IPv4 address that it listens on. */
  address: string;
  /** TCP port that it listens on. */
  port: number;
}

/**
 * Source ports that an edge's table allows for root (see `renderEgressTable`), and that the proxy's firewall treats
 * like any other.
 */
const plainPorts = { first: 600, last: 1007 };
const attempts = 4;
const secondsEach = 5;

/**
 * Opens a connection from the first free port of a range, and prints the result. Written in Perl, which every Debian
 * and Ubuntu has (`perl-base` is essential) and which tells kernel errors apart.
 */
const dial = `
use Socket;
my ($address, $port, $first, $last) = @ARGV;
for my $local ($first .. $last) {
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "$!\\n";
  bind($socket, sockaddr_in($local, INADDR_ANY)) or next;
  $SIG{ALRM} = sub { print "no answer in ${secondsEach} seconds"; exit };
  alarm ${secondsEach};
  if (connect($socket, sockaddr_in($port, inet_aton($address)))) { print "accepted" }
  elsif ($!{ENOPROTOOPT}) { print "guarded" }
  else { print lcfirst $! }
  exit;
}
print "no free port";
`.trim();

/**
 * Shell text that fails unless the proxy's own host answers at the proxy's address and port.
 *
 * An open port proves nothing: a pod's hostPort, a LoadBalancer, `tailscale serve` or another device may receive the
 * traffic, and visitors would see what answers there. The proxy's firewall refuses connections from a few source ports
 * in a unique way: see `renderProxyFirewall`. If such a connection is accepted, another program has answered. Any other
 * result proves nothing and causes a warning, since the tailnet may still be starting.
 *
 * @param subject start of a message: component and name
 */
export function proveProxy(subject: string, { app, address, port }: ProvenProxy): string {
  const at = `${address}:${port}`;
  const other =
    `${subject}: something other than the proxy of ${app} answers at ${at}, and visitors would see it. The route was ` +
    `not changed. Find what uses port ${port} on the control plane: kubectl get pods,services -A (a hostPort, a Service ` +
    `of type LoadBalancer), tailscale serve status, sudo nft list ruleset. If nothing does, check that ${address} is the ` +
    `control plane's address (tailscale ip -4), and load a missing firewall table of the proxy: ` +
    `sudo systemctl restart ${firewallKeeper}. Or choose another proxyPort.`;
  const unproven = `${subject}: cannot tell whether the proxy of ${app} answers at ${at}, because no ICMP error comes back`;
  const silent =
    `${subject}: cannot connect to the proxy of ${app} at ${at}; visitors get 502 until this edge can. ` +
    `Check on this host: tailscale ping ${address}. The error:`;
  return `
dial() { perl -e ${shellQuote(dial)} ${shellCommand(address, String(port))} "$@" </dev/null; }
for attempt in ${Array.from({ length: attempts }, (_, index) => index + 1).join(" ")}; do
  proof=$(dial ${probePorts.first} ${probePorts.last}) || proof="perl cannot dial"
  case $proof in accepted | guarded) break ;; esac
  if [ "$attempt" -lt ${attempts} ]; then sleep 1; fi
done
case $proof in
guarded) ;;
accepted) fail ${shellQuote(other)} ;;
*)
  if [ "$(dial ${plainPorts.first} ${plainPorts.last})" = accepted ]; then
    warn ${shellQuote(unproven)}
  else
    warn ${shellQuote(silent)} "$proof"
  fi
  ;;
esac`.trim();
}
