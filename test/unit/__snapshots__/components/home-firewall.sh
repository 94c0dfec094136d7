need ufw=ufw
mkdir -p /etc/mynodeone
if ! [ -e /etc/mynodeone/ufw-before ]; then
  dropped=$(for tables in iptables ip6tables; do
    "$tables" -w 5 -S 2>/dev/null | sed -n "s/^-P \(.*\) DROP$/$tables \1/p"
  done)
  if [ -n "$dropped" ]; then put /etc/mynodeone/dropped-before 0644 "$dropped"; fi
  put /etc/mynodeone/ufw-before 0644 "$(ufw status | sed -n 's/^Status: //p')"
fi
ufw_program='
function number(address, parts) { split(address, parts, "."); return ((parts[1] * 256 + parts[2]) * 256 + parts[3]) * 256 + parts[4] }
function hex(text, i, value) {
  for (i = 1; i <= length(text); i++) value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
  return value + 0
}
function expand(address, words, halves, left, right, i, n, m) {
  n = split(address, halves, "::")
  m = split(halves[1], left, ":")
  for (i = 1; i <= 8; i++) words[i] = 0
  for (i = 1; i <= m; i++) words[i] = hex(left[i])
  if (n < 2) return
  m = split(halves[2], right, ":")
  for (i = 1; i <= m; i++) words[8 - m + i] = hex(right[i])
}
function inside(address, network, parts, bits, one, other, i, unit) {
  if (network ~ /\/0$/ || network == "any") return 1
  if (address == "") return 0
  split(network, parts, "/")
  if (address !~ /:/) {
    bits = parts[2] == "" ? 32 : parts[2]
    return int(number(address) / 2 ^ (32 - bits)) == int(number(parts[1]) / 2 ^ (32 - bits))
  }
  bits = parts[2] == "" ? 128 : parts[2]
  expand(tolower(address), one)
  expand(tolower(parts[1]), other)
  for (i = 1; i <= 8 && bits > 0; i++) {
    unit = bits < 16 ? 2 ^ (16 - bits) : 1
    if (int(one[i] / unit) != int(other[i] / unit)) return 0
    bits -= 16
  }
  return 1
}
function has_port(list, parts, range, i, n) {
  gsub(/[{} ]/, "", list)
  n = split(list, parts, ",")
  for (i = 1; i <= n; i++) {
    if (split(parts[i], range, /[:-]/) == 2 ? port >= range[1] + 0 && port <= range[2] + 0 : parts[i] == port) return 1
  }
  return 0
}
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
END { for (answer in told) print answer, told[answer] }'
ufw_ask() {
  case ${3:-} in
    *:*) ufw_store=user6.rules ;;
    *) ufw_store=user.rules ;;
  esac
  ufw_store=${ufw_directory:-/etc/ufw}/$ufw_store
  if ! [ -r "$ufw_store" ]; then return 0; fi
  awk -v port="$1" -v protocol="${2:-tcp}" -v client="${3:-}" -v server="${4:-}" -v interface="${5:-}" \
    -v ours="${ufw_ours:-0}" "$ufw_program" "$ufw_store"
}
ufw_answer() { sed -n "s/^$1 \([a-z]*\) .*/\1/p"; }
ufw_rule() { sed -n "s/^$1 //p"; }
read_session() {
  set -- $ssh_connection
  client=${1:-} server=${3:-} port_in=${4:-}
  interface_in=
  if [ -n "$server" ]; then
    interface_in=$(ip -o address show to "$server" | awk '{ print $2; exit }')
  fi
}
is_private() {
  case $1 in
    '') return 1 ;;
    100.6[4-9].* | 100.[789]?.* | 100.1[01]?.* | 100.12[0-7].*) [ "$2" = tailscale0 ] ;;
    10.* | 192.168.* | 172.1[6-9].* | 172.2?.* | 172.3[01].* | 127.* | ::1) ;;
    [fF][cCdD]??:* | [fF][eE][89abAB]?:*) ;;
    *) return 1 ;;
  esac
}
past_ufw() {
  [ "$interface_in" = tailscale0 ] && iptables -S INPUT 2>/dev/null | grep -qxe '-A INPUT -j ts-input'
}
ssh_listeners() {
  {
    ss -Hltnp | awk '/"(sshd|dropbear)"/ { print $4 }'
    systemctl show -p Listen ssh.socket sshd.socket 2>/dev/null | sed -n 's/^Listen=\(.*\) (Stream)$/\1/p'
  } | grep -ve '^127\.' -e '^\[::1\]' -e '^/' | sed -n 's/^.*:\([0-9]*\)$/\1/p;s/^[0-9]*$/&/p' | sort -un
}
read_session
before=$(cat /etc/mynodeone/ufw-before)
set --
comment_of_ours='c'
has_ours() {
  ufw show added | grep -qFx -e "ufw allow $1/tcp comment '$comment_of_ours'" \
    -e "ufw allow from 10.0.0.0/8 to any port $1 proto tcp comment '$comment_of_ours'"
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
  printf '%s\n' 22 $port_in
  if [ "$before" != active ]; then ssh_listeners; fi
); do
  case " $* " in
    *" allow $port/tcp "*) ;;
    *) if has_ours "$port" || want_ssh "$port"; then set -- "$@" "allow $port/tcp"; fi ;;
  esac
done
for rule in 'allow 41641/udp' 'allow from 10.0.0.0/8 to any port 10250 proto tcp' 'allow from 10.0.0.0/8 to any port 8472 proto udp' 'allow from 172.16.0.0/12 to any port 10250 proto tcp' 'allow from 172.16.0.0/12 to any port 8472 proto udp' 'allow from 192.168.0.0/16 to any port 10250 proto tcp' 'allow from 192.168.0.0/16 to any port 8472 proto udp' 'allow from 10.42.0.0/16' 'route allow from 10.42.0.0/16' 'route allow to 10.42.0.0/16' 'allow from 10.43.0.0/16' 'route allow from 10.43.0.0/16' 'route allow to 10.43.0.0/16'; do
  port=${rule#allow }
  case $port in
    *' '* | *[!0-9]*/*) set -- "$@" "$rule" ;;
    *) if undecided "${port%/*}" "${port#*/}"; then set -- "$@" "$rule"; fi ;;
  esac
done
for port in 6443; do
  if undecided "$port" tcp; then set -- "$@" "allow $port/tcp"; fi
done
if is_private "$client" "$interface_in"; then
  wanted=$#
  while [ "$wanted" -gt 0 ]; do
    rule=$1
    shift
    wanted=$((wanted - 1))
    port=${rule#allow }
    port=${port%/tcp}
    case $port in
      *[!0-9]*)
        set -- "$@" "$rule"
        continue
        ;;
    esac
    set -- "$@" "allow from 10.0.0.0/8 to any port $port proto tcp" "allow from 172.16.0.0/12 to any port $port proto tcp" "allow from 192.168.0.0/16 to any port $port proto tcp" "allow in on tailscale0 from 100.64.0.0/10 to any port $port proto tcp"
    if grep -qsi '^IPV6="*yes' /etc/default/ufw; then set -- "$@" "allow from fc00::/7 to any port $port proto tcp" "allow from fe80::/10 to any port $port proto tcp"; fi
    if ufw show added | grep -qFx "ufw allow $port/tcp comment '$comment_of_ours'"; then
      warn "$0: port $port is now open only to private networks and the tailnet. To open it to everyone: sudo ufw allow $port/tcp"
    fi
  done
else
  warn "$0: this run comes from ${client:-an unknown address}, which is not in a private network, so SSH and the ports 6443 stay open to every address that can reach this host"
fi
rule=$(ufw_ask "$port_in" tcp "$client" "$server" "$interface_in" | ufw_rule session)
if [ "${rule%% *}" = limit ] && ! past_ufw; then
  set -- "$@" "allow from $client to any port $port_in proto tcp"
  ufw show added | grep -qF "ufw allow from $client to any port $port_in proto tcp" ||
    ufw prepend allow from "$client" to any port "$port_in" proto tcp comment 'c' </dev/null
fi
ufw_only 'c' "$@"
ufw_ours=1
if [ -n "$port_in" ] && [ "$before" != active ] && ! past_ufw && ! ssh_let_in; then
  rule=$(ufw_ask "$port_in" tcp "$client" "$server" "$interface_in" | ufw_rule session)
  fail "$0: UFW would refuse SSH at port $port_in from $client by its rule \"$rule\", so UFW was not enabled. Delete the rule: sudo ufw delete $rule"
fi
ufw --force enable </dev/null
