import { shellQuote } from "../host/quote.ts";
import { proxyUnits } from "../names.ts";
import type { ProxySetup } from "./setup.ts";

/** Answers of Go, nginx and Apache to plain HTTP on an HTTPS port. */
const askedForHttps = [
  "HTTP request to an HTTPS server",
  "plain HTTP request was sent to HTTPS port",
  "speaking plain HTTP to an SSL-enabled server",
];

/**
 * Shell text, after `portHolder`, that checks whether the proxy listens, and reports why it does not answer.
 *
 * Any byte that comes back through the proxy proves name, Service and pod, even a "400 Bad Request". Without one,
 * socat's error is in the unit's journal: only the proxy's own view of DNS and the cluster counts.
 */
export function probeProxy(setup: ProxySetup, backendHost: string): string {
  const { address, port, app, service, clusterDomain, clusterDns } = setup;
  const { socket, service: unit } = proxyUnits(app);
  const proxy = `SocatProxy "${app}"`;
  const server = `Service ${service.namespace}/${service.name}`;
  const tells = (words: string) => `warn ${shellQuote(words)}`;
  const silent = `${proxy}: ${backendHost}:${service.port} does not answer yet; the proxy goes on trying`;
  const text = {
    down: `${proxy}: ${unit} does not stay up on ${address}:${port}; see the lines above`,
    silent,
    noDns:
      `${silent}. The cluster's DNS cannot be reached: clusterDns is ${clusterDns}. ` +
      "Set it to the address of the Service kube-system/kube-dns, and check that its pods run.",
    noName:
      `${silent}. The cluster's DNS (${clusterDns}) does not know this name: clusterDomain is "${clusterDomain}". ` +
      `Set it to the cluster's own domain, which the CoreDNS configuration names after "kubernetes" ` +
      `(kubectl -n kube-system get configmap coredns -o yaml), and check that the ${server} exists.`,
    blocked:
      `${silent}. The host reaches the ${server}, but the proxy's unit does not: its pods are outside of clusterCidrs ` +
      `(${setup.clusterCidrs.join(", ")}). If they use their nodes' network, ` +
      (setup.nodeAddresses.length === 0
        ? "set hostNetwork to true."
        : `list every node in nodeAddresses (${setup.nodeAddresses.join(", ")}).`),
    isHttps: `${proxy}: the ${server} speaks HTTPS on port ${service.port}: set service.scheme to https.`,
    isHttp: `${proxy}: the ${server} speaks plain HTTP on port ${service.port}: set service.scheme to http.`,
  };
  const [askRight, askWrong, other] =
    service.scheme === "https"
      ? ["ask_tls", "ask_plain", text.isHttp]
      : ["ask_plain", "ask_tls", text.isHttps];
  return `
listening() { systemctl is-active --quiet ${unit} && held_by_systemd ${address}:${port}; }
ask() {
  printf 'HEAD / HTTP/1.0\\r\\n\\r\\n' | timeout 5 socat -t 3 - "$1:${address}:${port},connect-timeout=2$2" 2>/dev/null |
    head -c 400 | tr -d '\\000'
}
ask_plain() { ask TCP4 ''; }
ask_tls() { ask OPENSSL ,verify=0,no-sni=1; }
# A TLS server may answer plain HTTP in words, or with an alert of its own protocol.
asked_for_https() {
  case $answer in
    ${[...askedForHttps.map((words) => `*${shellQuote(words)}*`), `"$(printf '\\025\\003')"*`].join(" | ")}) return 0 ;;
  esac
  return 1
}
answering() {
  answer=$(${askRight})
  [ -n "$answer" ]
}
within 10 listening || {
  journalctl --no-pager -n 20 -u ${socket} -u ${unit} >&2
  fail ${shellQuote(text.down)}
}
asked_at=$(date +%s)
if within 5 answering; then
  if asked_for_https; then ${tells(text.isHttps)}; fi
else
  answer=$(${askWrong})
  met=$(journalctl -q --no-pager -o cat -u ${unit} --since "@$asked_at" | sed -n 's/.* E //p' | tail -n 1) || true
  if [ -n "$answer" ] && ! asked_for_https; then
    ${tells(other)}
  else
    case $met in
      *getaddrinfo*)
        if timeout 5 socat -u OPEN:/dev/null TCP4:${clusterDns}:53,connect-timeout=2 2>/dev/null; then
          ${tells(text.noName)}
        else
          ${tells(text.noDns)}
        fi
        ;;
      *)
        # The unit's address filter does not apply to the host. The unit is asked again, in case a pod has come up since.
        met_at=$(printf '%s' "$met" | sed -n 's/.*AF=2 \\([0-9.]*:[0-9]*\\).*/\\1/p')
        if [ -n "$met_at" ] && timeout 5 socat -u OPEN:/dev/null "TCP4:$met_at,connect-timeout=2" 2>/dev/null; then
          answering || ${tells(text.blocked)}
        else
          ${tells(text.silent)}"\${met:+ ($met)}"
        fi
        ;;
    esac
  fi
fi`.trim();
}
