import { iptablesWalk } from "../host/firewall/iptablesWalk.ts";
import { nftWalk } from "../host/firewall/nftWalk.ts";
import type { PortClaim } from "./claims.ts";
import { shellCommand } from "../host/quote.ts";
import { tailnetInterface } from "../host/firewall/ufw.ts";
import { ufwQuestions } from "../host/firewall/ufwQuestions.ts";

/** Programs that write their own firewall rules at each start, over UFW's. */
const otherManagers = ["firewalld", "shorewall", "ferm", "csf", "arno-iptables-firewall"];

/**
 * Shell text, for {@link checkHost}, that checks whether foreign firewall rules decide our ports. It reads rules that
 * come before UFW's, UFW's own, and those that redirect a port before any program can listen. UDP traffic is not
 * checked, nor rules with a match that only the kernel can evaluate (a set, a meter).
 */
export function checkFirewall(ports: PortClaim[]): string {
  const calls = ports.map(({ address, port, otherwise }) =>
    shellCommand("check_port", String(port), address ?? "", otherwise),
  );
  return `
${ufwQuestions}
${iptablesWalk}
${nftWalk}
for manager in ${otherManagers.join(" ")}; do
  if systemctl is-active --quiet "$manager"; then
    problem "$manager is active. It and UFW would undo each other's rules. Turn it off: sudo systemctl disable --now $manager"
  fi
done
ufw_runs=
if grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf; then ufw_runs=1; fi
if [ -z "$ufw_runs" ] && grep -qs '^MANAGE_BUILTINS=yes' /etc/default/ufw; then
  problem "MANAGE_BUILTINS is yes in /etc/default/ufw: enabling UFW would delete all other firewall rules. Set it to no."
fi
read_session
rule=$(ufw_ask "$port_in" tcp "$client" "$server" "$interface_in" | ufw_rule session)
case $rule in
  deny* | reject*)
    if [ -z "$ufw_runs" ] && ! past_ufw; then
      problem "UFW, once it runs, would refuse SSH at port $port_in from $client by its rule \\"$rule\\". Delete the rule: sudo ufw delete $rule"
    fi
    ;;
esac
nat_advice="The cause is a pod's hostPort, a Service of type LoadBalancer or NodePort, a container's published port, or a rule of yours: remove it from this port, or"
check_port() {
  interface=${tailnetInterface} address=$2
  if [ -z "$address" ]; then
    interface=$(ip -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)
    address=$(ip -o -4 address show dev "$interface" scope global 2>/dev/null | awk '{ sub("/.*", "", $4); print $4; exit }')
    asked=$(ufw_ask "$1")
    rule=$(printf '%s\\n' "$asked" | ufw_rule public)
    case $rule in
      deny* | reject*)
        problem "UFW's rule \\"$rule\\" refuses port $1, which everybody has to reach. Delete the rule: sudo ufw delete $rule"
        ;;
      '')
        rule=$(printf '%s\\n' "$asked" | ufw_rule named)
        if [ -n "$rule" ]; then warn "$subject"": UFW's rule \\"$rule\\" is yours and stays, so port $1 is open only to what that rule allows"; fi
        ;;
    esac
  fi
  if rule=$(iptables_fate filter INPUT "$1" "$interface" "$address" | is_refused | head -n 1 | grep .); then
    problem "port $1 is refused by the firewall rule \\"\${rule#* }\\", which comes before UFW's. Delete it: sudo iptables -D \${rule#* -A }. Delete it also where it is loaded at boot, such as /etc/iptables/rules.v4."
  fi
  if rule=$(iptables_fate nat PREROUTING "$1" "$interface" "$address" | grep -E '^(DNAT|REDIRECT|NETMAP) ' | head -n 1 | grep .); then
    problem "port $1 is redirected by the NAT rule \\"\${rule#* }\\", before any program on the host can receive a connection. $nat_advice $3."
  fi
  fates=$(nft_fate "$1" "$interface" "$address")
  if rule=$(printf '%s\\n' "$fates" | grep '^refused ' | head -n 1 | grep .); then
    problem "port $1 is refused by nftables, whatever UFW says: \${rule#* }. Allow the port there, or remove the table."
  fi
  if rule=$(printf '%s\\n' "$fates" | grep '^led ' | head -n 1 | grep .); then
    problem "port $1 is redirected by nftables, before any program on the host can receive a connection: \${rule#* }. $nat_advice $3."
  fi
  if tailscale serve status --json 2>/dev/null | tr -d ' \\n\\t' | grep -qF "\\"$1\\":{"; then
    problem "port $1 of the tailnet address is taken by \\"tailscale serve\\". Turn that off: sudo tailscale serve --https=$1 off (or --tcp=$1)"
  fi
}
${calls.join("\n")}`.trim();
}
