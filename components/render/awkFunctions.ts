/**
 * Functions of awk for programs that read firewall rules: `number` makes an IPv4 address comparable, `has_port` tells
 * whether the variable `port` is in a list such as `22,80:90`.
 */
export const awkFunctions = String.raw`function number(address, parts) { split(address, parts, "."); return ((parts[1] * 256 + parts[2]) * 256 + parts[3]) * 256 + parts[4] }
function has_port(list, parts, range, i, n) {
  n = split(list, parts, ",")
  for (i = 1; i <= n; i++) {
    if (split(parts[i], range, ":") == 2 ? port >= range[1] + 0 && port <= range[2] + 0 : parts[i] == port) return 1
  }
  return 0
}`;
