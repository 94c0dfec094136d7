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
for rule in 'allow 80/tcp' 'allow 443/tcp'; do
  port=${rule#allow }
  case $port in
    *' '* | *[!0-9]*/*) set -- "$@" "$rule" ;;
    *) if undecided "${port%/*}" "${port#*/}"; then set -- "$@" "$rule"; fi ;;
  esac
done

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

# back
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
  iptables_program='
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
function on(name, pattern) {
  if (pattern !~ /\+$/) return name == pattern
  return index(name, substr(pattern, 1, length(pattern) - 1)) == 1
}
# 1 if the packet meets the rule, 0 if not, -1 if that cannot be told; sets target.
function meets(rule, words, n, i, word, value, not, fits, sure) {
  while (match(rule, /"[^"]*"/)) rule = substr(rule, 1, RSTART - 1) "_" substr(rule, RSTART + RLENGTH)
  n = split(rule, words, " ")
  sure = 1
  target = ""
  for (i = 3; i <= n; i++) {
    word = words[i]
    if (word == "!") { not = 1; continue }
    value = words[i + 1]
    fits = -1
    if (word == "-j" || word == "-g") { target = value; break }
    else if (word == "-m" || word == "--comment") fits = 1
    else if (word == "-p") fits = value == "tcp" || value == "all" || value == "6"
    else if (word == "-s") fits = inside(client, value)
    else if (word == "-d") fits = inside(server, value)
    else if (word == "-i") fits = on(interface, value)
    else if (word == "-o" || word ~ /^--(sports?|source-ports?|icmp-type|src-type)$/) fits = 0
    else if (word ~ /^--(dports?|destination-ports?|ports)$/) fits = has_port(value)
    else if (word == "--state" || word == "--ctstate") fits = ("," value ",") ~ /,NEW,/
    else if (word == "--dst-type") fits = value == "LOCAL"
    else if (word == "--tcp-flags") { fits = words[i + 2] == "SYN"; i++ }
    else if (word == "-f") { fits = 0; i-- }
    else if (word !~ /^-/) { not = 0; continue }
    i++
    if (fits >= 0 && not) fits = !fits
    not = 0
    if (fits == 0) return 0
    if (fits < 0) sure = -1
  }
  return sure
}
function walk(chain, depth, i, how, result, aim) {
  if (depth > 12) return ""
  for (i = 1; i <= count[chain]; i++) {
    how = meets(rules[chain, i])
    aim = target
    if (how == 0 || aim == "") continue
    if (aim ~ /^ufw6?-/) return "UFW"
    if (aim == "ACCEPT") return how > 0 ? "ACCEPT" : "UNKNOWN"
    if (aim ~ /^(DROP|REJECT|TARPIT|DNAT|REDIRECT|NETMAP)$/) { if (how > 0) return aim " " rules[chain, i]; continue }
    if (aim == "RETURN") { if (how > 0) return ""; continue }
    if (aim in known) {
      result = walk(aim, depth + 1)
      if (result == "" || result ~ /^UNKNOWN/) { if (result != "") return result; continue }
      if (how > 0) return result
      if (result ~ /^ACCEPT/) return "UNKNOWN"
    }
  }
  return ""
}
$1 == "-P" { policy[$2] = $3; known[$2] }
$1 == "-N" { known[$2] }
$1 == "-A" { rules[$2, ++count[$2]] = $0 }
END {
  result = walk(start, 0)
  if (result == "" && policy[start] == "DROP") result = "POLICY -P " start " DROP"
  if (result != "") print result
}'
iptables_fate() {
  for tables in iptables-nft iptables-legacy; do
    if ! command -v "$tables" >/dev/null; then continue; fi
    # Querying iptables-legacy for an unused table would create it.
    if [ "$tables" = iptables-legacy ] && ! grep -qsx "$1" /proc/net/ip_tables_names; then continue; fi
    "$tables" -w 5 -t "$1" -S 2>/dev/null | awk -v start="$2" -v port="$3" -v interface="$4" -v server="$5" \
      -v client="${6:-}" "$iptables_program"
  done
}
is_refused() { grep -E '^(DROP|REJECT|TARPIT) '; }
  read_session
  if [ "$(cat /etc/mynodeone/ufw-before 2>/dev/null)" = inactive ]; then
    ufw --force disable </dev/null
    if [ -e /etc/mynodeone/dropped-before ]; then
      while read -r tables chain; do drop_again "$tables" "$chain"; done < /etc/mynodeone/dropped-before
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
    for port in $(printf '%s\n' 22 $port_in | sort -un); do
      if [ -z "$(ss -Hltn "sport = :$port")" ] || ! needs_rule "$port"; then continue; fi
      for rule in "allow $port/tcp" "allow from 10.0.0.0/8 to any port $port proto tcp" "allow from 172.16.0.0/12 to any port $port proto tcp" "allow from 192.168.0.0/16 to any port $port proto tcp" "allow in on tailscale0 from 100.64.0.0/10 to any port $port proto tcp" "allow from fc00::/7 to any port $port proto tcp" "allow from fe80::/10 to any port $port proto tcp"; do
        if ufw show added | grep -qFx "ufw $rule comment '"'c'"'"; then
          set -- "$@" "$rule"
          warn "$0: the UFW rule \"$rule\" stays, since no other lets SSH in and UFW was not enabled by this program. To remove it: sudo ufw delete $rule"
        fi
      done
    done
  fi
  ufw_only 'c' "$@"
fi
rm -f /etc/mynodeone/ufw-before /etc/mynodeone/dropped-before
rmdir /etc/mynodeone 2>/dev/null || true
