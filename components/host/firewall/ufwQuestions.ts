import { awkFunctions } from "./awkFunctions.ts";
import { tailnetInterface } from "./ufw.ts";

/**
 * Reads `### tuple ### ACTION PROTOCOL PORTS TO SOURCE-PORT FROM [PROFILE PROFILE] DIRECTION[_INTERFACE]
 * [comment=HEX]`.
 */
const program = String.raw`${awkFunctions}
function spelled(text) {
  profile = app
  gsub(/%20/, " ", profile)
  if (app != "-") profile = "\"" profile "\""
  if (app != "-" && open) return action log_word " " profile
  if (open && $6 != "any") return action log_word " " $6 ($5 == "any" ? "" : "/" $5)
  text = action (on == "" ? "" : " in on " on) log_word
  if ($9 !~ /\/0$/) text = text " from " $9
  text = text " to " ($7 ~ /\/0$/ ? "any" : $7)
  if (app != "-") return text " app " profile
  return text ($6 == "any" ? "" : " port " $6) ($5 == "any" ? "" : " proto " $5)
}
function tell(answer) {
  if (!(answer in told)) told[answer] = spelled()
}
/^### tuple ### / {
  if (!ours && $NF ~ /^comment=6d796e6f64656f6e65/) next
  if ($NF ~ /^comment=/) NF--
  if ($4 ~ /^route:/ || $NF ~ /^out/) next
  action = $4
  log_word = ""
  if (match(action, /_log.*/)) {
    log_word = " " substr(action, RSTART + 1)
    action = substr(action, 1, RSTART - 1)
  }
  on = $NF ~ /^in_/ ? substr($NF, 4) : ""
  sub(/!.*/, "", on)
  app = NF > 10 ? $10 : "-"
  if ($5 != "any" && $5 != protocol || $6 != "any" && !has_port($6) || $8 != "any") next
  from_all = $9 ~ /\/0$/
  open = from_all && $7 ~ /\/0$/ && on == ""
  lets_in = action == "allow" || action == "limit"
  if (open) tell("public")
  if ($6 != "any" && lets_in) tell("named")
  if ((on == "" || on == interface) && inside(client, $9) && inside(server, $7)) tell("session")
}
END { for (answer in told) print answer, told[answer] }`;

/**
 * Shell functions that predict what UFW's rules do to a connection. They read the tuples in UFW's own store, where
 * application profiles are resolved and IPv4 and IPv6 are separate; `ufw show added` shows neither. Rules with a
 * comment of ours are ignored unless `ufw_ours` is 1. `ufw` need not be installed.
 *
 * - `ufw_ask PORT [PROTOCOL [CLIENT SERVER INTERFACE]]` prints up to three lines `ANSWER RULE`, each for the first rule
 *   of its kind: `session` decides a connection of CLIENT to SERVER over INTERFACE, `public` one of anybody over any
 *   interface, `named` names the port and accepts somebody.
 * - `ufw_answer ANSWER` extracts the rule's action from those lines, `ufw_rule ANSWER` the whole rule in `ufw`'s
 *   syntax.
 * - `read_session` sets `client`, `server`, `port_in` and `interface_in` of the script's SSH session, as sshd sees it
 *   behind a port forward; empty if sshd has not said.
 * - `is_private ADDRESS INTERFACE`: whether a client's address is in a private network or in the tailnet.
 * - `past_ufw`: whether the session comes over the tailnet, which tailscaled accepts before UFW's rules.
 *
 * @see https://manpages.debian.org/stable/ufw/ufw.8.en.html
 */
export const ufwQuestions = `
ufw_program='
${program}'
ufw_ask() {
  case \${3:-} in
    *:*) ufw_store=user6.rules ;;
    *) ufw_store=user.rules ;;
  esac
  ufw_store=\${ufw_directory:-/etc/ufw}/$ufw_store
  if ! [ -r "$ufw_store" ]; then return 0; fi
  awk -v port="$1" -v protocol="\${2:-tcp}" -v client="\${3:-}" -v server="\${4:-}" -v interface="\${5:-}" \\
    -v ours="\${ufw_ours:-0}" "$ufw_program" "$ufw_store"
}
ufw_answer() { sed -n "s/^$1 \\([a-z]*\\) .*/\\1/p"; }
ufw_rule() { sed -n "s/^$1 //p"; }
read_session() {
  set -- $ssh_connection
  client=\${1:-} server=\${3:-} port_in=\${4:-}
  interface_in=
  if [ -n "$server" ]; then
    interface_in=$(ip -o address show to "$server" | awk '{ print $2; exit }')
  fi
}
is_private() {
  case $1 in
    '') return 1 ;;
    100.6[4-9].* | 100.[789]?.* | 100.1[01]?.* | 100.12[0-7].*) [ "$2" = ${tailnetInterface} ] ;;
    10.* | 192.168.* | 172.1[6-9].* | 172.2?.* | 172.3[01].* | 127.* | ::1) ;;
    [fF][cCdD]??:* | [fF][eE][89abAB]?:*) ;;
    *) return 1 ;;
  esac
}
past_ufw() {
  [ "$interface_in" = ${tailnetInterface} ] && iptables -S INPUT 2>/dev/null | grep -qxe '-A INPUT -j ts-input'
}`.trim();
