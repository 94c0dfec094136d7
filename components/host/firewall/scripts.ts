import { shellCommand } from "../quote.ts";
import { hostDirectory } from "../../names.ts";
import { iptablesWalk } from "./iptablesWalk.ts";
import { privateRules } from "./ufw.ts";
import { ufwQuestions } from "./ufwQuestions.ts";

const stateBefore = `${hostDirectory}/ufw-before`;
/**
 * `iptables|ip6tables CHAIN` of each chain whose policy was to drop: UFW resets them all to accept when it is disabled.
 */
const droppedBefore = `${hostDirectory}/dropped-before`;

/**
 * Shell function: prints the TCP ports on which an SSH server accepts other hosts, including socket activation
 * (`ssh.socket`, the default of Ubuntu 24.04).
 */
const sshListeners = `
ssh_listeners() {
  {
    ss -Hltnp | awk '/"(sshd|dropbear)"/ { print $4 }'
    systemctl show -p Listen ssh.socket sshd.socket 2>/dev/null | sed -n 's/^Listen=\\(.*\\) (Stream)$/\\1/p'
  } | grep -ve '^127\\.' -e '^\\[::1\\]' -e '^/' | sed -n 's/^.*:\\([0-9]*\\)$/\\1/p;s/^[0-9]*$/&/p' | sort -un
}`.trim();

/**
 * Shell text that enables UFW with these rules and keeps SSH open, at `sshPort` and at the server's own port behind a
 * port forward. The rules come before enabling, so that no current session is cut. Whether UFW was enabled is recorded
 * once, for the removal. If it was not, all ports of the SSH server stay open.
 *
 * A port with a rule of the user's gets none of ours, whatever that rule says. An existing rule of ours stays, since
 * somebody may depend on it. `limit` refuses the sixth connection in 30 seconds, and a run makes more, so a rule for
 * the run's own address is put first. The script fails before enabling UFW if a rule would refuse its own session.
 *
 * @param privatePorts makes the host a home: these ports and SSH are open to private networks and the tailnet only,
 * unless the session comes from elsewhere
 */
export function enableFirewall(
  comment: string,
  sshPort: number,
  rules: string[],
  privatePorts?: readonly number[],
): string {
  return `
need ufw=ufw
mkdir -p ${hostDirectory}
if ! [ -e ${stateBefore} ]; then
  dropped=$(for tables in iptables ip6tables; do
    "$tables" -w 5 -S 2>/dev/null | sed -n "s/^-P \\(.*\\) DROP$/$tables \\1/p"
  done)
  if [ -n "$dropped" ]; then put ${droppedBefore} 0644 "$dropped"; fi
  put ${stateBefore} 0644 "$(ufw status | sed -n 's/^Status: //p')"
fi
${ufwQuestions}
${sshListeners}
read_session
before=$(cat ${stateBefore})
set --
comment_of_ours=${shellCommand(comment)}
has_ours() {
  ufw show added | grep -qFx -e "ufw allow $1/tcp comment '$comment_of_ours'" \\
    -e "ufw ${privateRules("$1").ipv4[0]} comment '$comment_of_ours'"
}
undecided() { ! ufw_ask "$1" "$2" | grep -qe '^named ' -e '^public '; }
want_ssh() {
  if [ "$1" != "$port_in" ]; then undecided "$1" tcp
  elif [ "$before" = active ]; then ! ssh_let_in && undecided "$1" tcp
  else undecided "$1" tcp || ! { ssh_let_in || past_ufw; }
  fi
}
ssh_let_in() {
  case $(ufw_ask "$port_in" tcp "$client" "$server" "$interface_in" | ufw_answer session) in
    allow | limit) ;;
    *) return 1 ;;
  esac
}
for port in $(
  printf '%s\\n' ${sshPort} $port_in
  if [ "$before" != active ]; then ssh_listeners; fi
); do
  case " $* " in
    *" allow $port/tcp "*) ;;
    *) if has_ours "$port" || want_ssh "$port"; then set -- "$@" "allow $port/tcp"; fi ;;
  esac
done
for rule in ${shellCommand(...rules)}; do
  port=\${rule#allow }
  case $port in
    *' '* | *[!0-9]*/*) set -- "$@" "$rule" ;;
    *) if undecided "\${port%/*}" "\${port#*/}"; then set -- "$@" "$rule"; fi ;;
  esac
done
${privatePorts === undefined ? "" : keepPrivate(privatePorts)}
rule=$(ufw_ask "$port_in" tcp "$client" "$server" "$interface_in" | ufw_rule session)
if [ "\${rule%% *}" = limit ] && ! past_ufw; then
  set -- "$@" "allow from $client to any port $port_in proto tcp"
  ufw show added | grep -qF "ufw allow from $client to any port $port_in proto tcp" ||
    ufw prepend allow from "$client" to any port "$port_in" proto tcp comment ${shellCommand(comment)} </dev/null
fi
ufw_only ${shellCommand(comment)} "$@"
ufw_ours=1
if [ -n "$port_in" ] && [ "$before" != active ] && ! past_ufw && ! ssh_let_in; then
  rule=$(ufw_ask "$port_in" tcp "$client" "$server" "$interface_in" | ufw_rule session)
  fail "$0: UFW would refuse SSH at port $port_in from $client by its rule \\"$rule\\", so UFW was not enabled. Delete the rule: sudo ufw delete $rule"
fi
ufw --force enable </dev/null`.trim();
}

/**
 * Shell text that changes the wanted rules: those that open these ports or SSH to everybody open them to private
 * networks and the tailnet. A session from elsewhere keeps them open, since its operator has no other access.
 */
function keepPrivate(ports: readonly number[]): string {
  const { ipv4, ipv6 } = privateRules("$port");
  return `
for port in ${ports.join(" ")}; do
  if undecided "$port" tcp; then set -- "$@" "allow $port/tcp"; fi
done
if is_private "$client" "$interface_in"; then
  wanted=$#
  while [ "$wanted" -gt 0 ]; do
    rule=$1
    shift
    wanted=$((wanted - 1))
    port=\${rule#allow }
    port=\${port%/tcp}
    case $port in
      *[!0-9]*)
        set -- "$@" "$rule"
        continue
        ;;
    esac
    set -- "$@" ${quoted(ipv4)}
    if grep -qsi '^IPV6="*yes' /etc/default/ufw; then set -- "$@" ${quoted(ipv6)}; fi
    if ufw show added | grep -qFx "ufw allow $port/tcp comment '$comment_of_ours'"; then
      warn "$0: port $port is now open only to private networks and the tailnet. To open it to everyone: sudo ufw allow $port/tcp"
    fi
  done
else
  warn "$0: this run comes from \${client:-an unknown address}, which is not in a private network, so SSH and the ports ${ports.join(", ")} stay open to every address that can reach this host"
fi`.trim();
}

const quoted = (rules: string[]) => rules.map((rule) => `"${rule}"`).join(" ");
const every = (port: string) => quoted(Object.values(privateRules(port)).flat());

/**
 * Shell text that removes our rules, and disables UFW if it was disabled before. If UFW stays enabled, a rule without
 * which SSH would be refused stays, with a warning.
 */
export function restoreFirewall(comment: string, sshPort: number): string {
  return `
drop_again() {
  case $1$2$client in
    ip6tablesINPUT*:*) session_fate=UNKNOWN ;;
    iptablesINPUT*.*) session_fate=$(iptables_fate filter INPUT "$port_in" "$interface_in" "$server" "$client") ;;
    *) session_fate=ACCEPT ;;
  esac
  if [ "$session_fate" = ACCEPT ]; then "$1" -w 5 -P "$2" DROP
  else warn "$0: the policy of $2 in $1 was DROP before and stays ACCEPT, since no rule there would let SSH in"
  fi
}
if command -v ufw >/dev/null; then
  ${ufwQuestions}
  ${iptablesWalk}
  read_session
  if [ "$(cat ${stateBefore} 2>/dev/null)" = inactive ]; then
    ufw --force disable </dev/null
    if [ -e ${droppedBefore} ]; then
      while read -r tables chain; do drop_again "$tables" "$chain"; done < ${droppedBefore}
    fi
  fi
  set --
  needs_rule() {
    case $(ufw_ask "$1" tcp "$client" "$server" "$interface_in" | ufw_answer session) in
      allow | limit) return 1 ;;
      '') ! grep -qs '^DEFAULT_INPUT_POLICY="ACCEPT"' /etc/default/ufw && ! past_ufw ;;
    esac
  }
  if ufw status | grep -qx 'Status: active'; then
    for port in $(printf '%s\\n' ${sshPort} $port_in | sort -un); do
      if [ -z "$(ss -Hltn "sport = :$port")" ] || ! needs_rule "$port"; then continue; fi
      for rule in "allow $port/tcp" ${every("$port")}; do
        if ufw show added | grep -qFx "ufw $rule comment '"${shellCommand(comment)}"'"; then
          set -- "$@" "$rule"
          warn "$0: the UFW rule \\"$rule\\" stays, since no other lets SSH in and UFW was not enabled by this program. To remove it: sudo ufw delete $rule"
        fi
      done
    done
  fi
  ufw_only ${shellCommand(comment)} "$@"
fi
rm -f ${stateBefore} ${droppedBefore}
rmdir ${hostDirectory} 2>/dev/null || true`.trim();
}
