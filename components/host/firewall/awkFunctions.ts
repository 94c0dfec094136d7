/**
 * awk functions for programs that read firewall rules.
 *
 * - `inside(ADDRESS, NETWORK)`: whether an IPv4 or IPv6 address is in a network; an unknown (empty) one is only in
 *   networks of all addresses.
 * - `has_port(LIST)`: whether the variable `port` is in a list, in the syntax of any kind of firewall: `22,80:90`,
 *   `{ 22, 80-90 }`.
 */
export const awkFunctions = String.raw`function number(address, parts) { split(address, parts, "."); return ((parts[1] * 256 + parts[2]) * 256 + parts[3]) * 256 + parts[4] }
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
}`;
