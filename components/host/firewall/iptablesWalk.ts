import { awkFunctions } from "./awkFunctions.ts";

/** Reads `iptables -S`, walks it like a packet, and prints the result: `VERDICT RULE`, or nothing. */
const program = String.raw`
${awkFunctions}
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
}`.trim();

/**
 * Shell functions that predict the fate of a new TCP connection in iptables. Both `iptables-nft` and `iptables-legacy`
 * may hold rules, and a packet passes both.
 *
 * - `iptables_fate TABLE CHAIN PORT INTERFACE SERVER [CLIENT]` prints a line for each kind whose rules decide:
 *   `ACCEPT`, `UFW` (passed to UFW's chains), `UNKNOWN` (a match that only the kernel can evaluate),
 *   `DROP|REJECT|DNAT|REDIRECT|NETMAP RULE`, or `POLICY RULE`. Without CLIENT, rules for certain clients are skipped.
 * - `is_refused`: whether one of the lines is a refusing rule, which it prints.
 */
export const iptablesWalk = `
iptables_program='
${program}'
iptables_fate() {
  for tables in iptables-nft iptables-legacy; do
    if ! command -v "$tables" >/dev/null; then continue; fi
    # Querying iptables-legacy for an unused table would create it.
    if [ "$tables" = iptables-legacy ] && ! grep -qsx "$1" /proc/net/ip_tables_names; then continue; fi
    "$tables" -w 5 -t "$1" -S 2>/dev/null | awk -v start="$2" -v port="$3" -v interface="$4" -v server="$5" \\
      -v client="\${6:-}" "$iptables_program"
  done
}
is_refused() { grep -E '^(DROP|REJECT|TARPIT) '; }`.trim();
