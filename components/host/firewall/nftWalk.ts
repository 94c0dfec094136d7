import { awkFunctions } from "./awkFunctions.ts";
import { tailnetInterface } from "./ufw.ts";

/** Reads `nft list ruleset`, and prints `refused TABLE CHAIN: RULE` and `led TABLE CHAIN: RULE`. */
const program = String.raw`
${awkFunctions}
function listed(list, name, parts, i, n) {
  gsub(/[{} "]/, "", list)
  n = split(list, parts, ",")
  for (i = 1; i <= n; i++) {
    if (parts[i] == name) return 1
    if (parts[i] ~ /\*$/ && index(name, substr(parts[i], 1, length(parts[i]) - 1)) == 1) return 1
  }
  return 0
}
# Takes a match out of the rule: KEYS [!=] VALUE; sets value and not.
function take(keys) {
  if (!match(rule, "(^| )" keys " (!= )?([{][^}]*[}]|[^ ]+)")) return 0
  value = substr(rule, RSTART, RLENGTH)
  rule = substr(rule, 1, RSTART - 1) substr(rule, RSTART + RLENGTH)
  sub("^ ?" keys " ", "", value)
  not = sub(/^!= /, "", value)
  return 1
}
# 1 if the packet meets the rule, 0 if not, -1 if that cannot be told; sets verdict.
function meets(line, sure) {
  rule = line
  sure = 1
  gsub(/ comment "[^"]*"/, "", rule)
  gsub(/(^| )(counter( packets [0-9]+ bytes [0-9]+)?|log( (prefix|group|level|flags) ("[^"]*"|[^ ]+))*)/, "", rule)
  verdict = ""
  if (match(rule, /(^| )(accept|drop|reject.*|return|(jump|goto) [^ ]+|dnat .*|redirect.*|tproxy .*)$/)) {
    verdict = substr(rule, RSTART, RLENGTH)
    sub(/^ /, "", verdict)
    rule = substr(rule, 1, RSTART - 1)
  }
  while (take("(tcp|th) dport")) {
    if (value ~ /^@/ || value == "vmap") { sure = -1; continue }
    if (has_port(value) == not) return 0
  }
  while (take("(meta l4proto|ip protocol)")) if (listed(value, "tcp") + listed(value, "6") > 0 == not) return 0
  while (take("(meta nfproto)")) if ((value == "ipv4") == not) return 0
  while (take("(iifname|iif)")) {
    if (value ~ /^@/) sure = -1
    else if (listed(value, interface) == not) return 0
  }
  while (take("ip daddr")) {
    if (value ~ /^@|\/|-|vmap/) sure = -1
    else if (listed(value, server) == not) return 0
  }
  while (take("fib daddr type")) if (listed(value, "local") == not) return 0
  while (take("ip saddr")) if (!not) return 0
  while (take("ct state")) {
    if (value == "vmap") { if (rule ~ /new :/) sure = -1; else return 0 }
    else if ((value ~ /new/) == not) return 0
  }
  if (rule ~ /(^| )(udp|icmp|icmpv6|ip6|oif|oifname|sctp|tcp sport|th sport|arp|ether) ?/) return 0
  gsub(/ /, "", rule)
  return rule == "" ? sure : -1
}
function walk(chain, depth, i, how, aim, result) {
  if (depth > 12) return ""
  for (i = 1; i <= count[chain]; i++) {
    how = meets(rules[chain, i])
    aim = verdict
    if (how == 0 || aim == "") continue
    if (aim == "accept") return how > 0 ? "accept" : "unknown"
    if (aim ~ /^(drop|reject)/) { if (how > 0) return "refused " label[chain] ": " rules[chain, i]; continue }
    if (aim ~ /^(dnat|redirect|tproxy)/) { if (how > 0) return "led " label[chain] ": " rules[chain, i]; continue }
    if (aim == "return") { if (how > 0) return ""; continue }
    sub(/^(jump|goto) /, "", aim)
    result = walk(table " " aim, depth + 1)
    if (result == "accept" && how < 0) return "unknown"
    if (result == "accept" || result == "unknown") return result
    if (result != "" && how > 0) return result
  }
  return ""
}
$1 == "table" { name = $2 " " $3; next }
$1 == "chain" { chain = name " " $2; table_of[chain] = name; label[chain] = name " " $2; next }
$1 == "set" || $1 == "map" || $1 == "flowtable" { chain = ""; holder = $2; next }
$1 == "}" { chain = ""; next }
$1 == "type" && chain != "" && / hook (input|prerouting) / {
  base[++bases] = chain
  if (/policy drop/) dropping[chain] = $0
  next
}
chain != "" { sub(/^[ \t]+/, ""); rules[chain, ++count[chain]] = $0 }
# Services at an address of the host: kube-proxy keeps them in maps.
holder == "service-ips" || holder == "service-nodeports" {
  line = $0
  while (match(line, /[0-9.]* ?[.]? ?tcp [.] [0-9]+( comment "[^"]*")? : goto [^ ,}]+/)) {
    element = substr(line, RSTART, RLENGTH)
    line = substr(line, RSTART + RLENGTH)
    sub(/^ +/, "", element)
    if (element ~ "tcp [.] " port "( |$)" && (holder == "service-nodeports" || index(element, server " . ") == 1))
      print "led " name " " holder ": " element
  }
}
END {
  for (i = 1; i <= bases; i++) {
    table = table_of[base[i]]
    if (table ~ / mynodeone[_-]/ || table ~ /^(ip6|arp|bridge|netdev) /) continue
    if (compatible && table ~ /^ip (filter|nat|mangle|raw|security)$/) continue
    result = walk(base[i], 0)
    if (result == "" && base[i] in dropping) {
      sub(/^[ \t]+/, "", dropping[base[i]])
      result = "refused " label[base[i]] ": " dropping[base[i]]
    }
    if (result ~ /^(refused|led) /) print result
  }
}`.trim();

/**
 * Shell functions that predict the fate of a new TCP connection in nftables' chains other than iptables' and ours. A
 * drop there is final, whatever UFW says. Decisions of a set or a meter are skipped: only the kernel can evaluate them.
 *
 * - `nft_fate PORT INTERFACE SERVER` prints a line `refused TABLE CHAIN: RULE` or `led TABLE CHAIN: RULE` for each.
 *
 * @see https://wiki.nftables.org/wiki-nftables/index.php/Configuring_chains
 */
export const nftWalk = `
nft_program='
${program}'
nft_fate() {
  if ! command -v nft >/dev/null; then return 0; fi
  nft_compatible=
  if command -v iptables-nft >/dev/null; then nft_compatible=1; fi
  nft --stateless list ruleset 2>/dev/null | awk -v port="$1" -v interface="\${2:-${tailnetInterface}}" -v server="$3" \\
    -v compatible="$nft_compatible" "$nft_program"
}`.trim();
