for other in /etc/systemd/system/*-proxy.socket /etc/systemd/system/*-proxy.service; do
  other=${other##*/}
  if [ "${other%.*}" != uptime-kuma-proxy ] &&
    'grep' '-qsF' '-e' 'ListenStream=100.64.0.2:8087' '-e' 'TCP4-LISTEN:8087,bind=100.64.0.2,' "/etc/systemd/system/$other" &&
    [ -z "$(foreign_unit "$other")" ]; then
    systemctl stop "$other" "${other%.*}.service"
    ufw_only "mynodeone ${other%-proxy.*}"
  fi
done
'own_unit' 'uptime-kuma-proxy.service'
'put' '/etc/systemd/system/uptime-kuma-proxy.service' '0644' '# Written by MyNodeOne; changes are lost at the next `pulumi up`.
[Unit]
Description=uptime-kuma: tailnet to Kubernetes Service
Documentation=man:systemd-socket-activate(1) man:socat(1)
Requires=uptime-kuma-proxy.socket
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/usr/bin/systemd-socket-activate --accept /bin/sh -c "\"$$@\" &" sh /usr/bin/socat -t 30 FD:3,shut-down TCP4:uptime-kuma.monitoring.svc.cluster.local.:80,connect-timeout=10,keepalive,keepidle=60,keepintvl=15,keepcnt=4
ExecStop=/bin/sh -c "test -z \"$$MAINPID\" || test \"$$(id -u)\" -lt 61184 || kill -- -1"
KillMode=process
Restart=always
RestartSec=1
Environment=SYSTEMD_LOG_LEVEL=warning
TasksMax=384
MemoryMax=512M
TemporaryFileSystem=/etc:ro
BindReadOnlyPaths=/etc/mynodeone/resolv.conf:/etc/resolv.conf
DynamicUser=yes
PrivateUsers=yes
CapabilityBoundingSet=
RestrictAddressFamilies=AF_INET
IPAddressDeny=any
IPAddressAllow=10.43.0.10 10.42.0.0/16 10.43.0.0/16
SocketBindDeny=any
NoExecPaths=/
ExecPaths=/usr/bin/systemd-socket-activate /bin/sh /usr/bin/id /usr/bin/socat /usr/lib -/usr/lib64
LimitCORE=0
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
UMask=0077

[Install]
WantedBy=multi-user.target'
unit_changed=$changed
'put' '/etc/mynodeone/uptime-kuma-proxy.nft' '0644' '# Written by MyNodeOne; loaded and removed with uptime-kuma-proxy.socket.
# While this listens: src 100.64.0.2:8087
table inet mynodeone_uptime_kuma
delete table inet mynodeone_uptime_kuma
table inet mynodeone_uptime_kuma {
  set sources {
    typeof ip saddr
    size 65535
    flags dynamic
  }
  chain input {
    type filter hook input priority -10; policy accept;
    iifname != { "lo", "tailscale0" } ip daddr 100.64.0.2 tcp dport 8087 counter drop
    iifname != "lo" ip daddr 100.64.0.2 tcp dport 8087 ip saddr != { 100.64.0.1, 100.64.0.3 } counter drop
    iifname "tailscale0" ip daddr 100.64.0.2 tcp dport 8087 tcp sport 1008-1023 counter reject with icmp type prot-unreachable
    ip daddr 100.64.0.2 tcp dport 8087 ct state new add @sources { ip saddr ct count over 256 } counter reject with tcp reset
    ip daddr 100.64.0.2 tcp dport 8087 ct state new ct count over 320 counter reject with tcp reset
  }
}'
'own_unit' 'uptime-kuma-proxy.socket'
'put' '/etc/systemd/system/uptime-kuma-proxy.socket' '0644' '# Written by MyNodeOne; changes are lost at the next `pulumi up`.
[Unit]
Description=uptime-kuma: port 8087 in the tailnet
After=nftables.service
StartLimitIntervalSec=0

[Socket]
ExecStartPre=/usr/sbin/nft -f /etc/mynodeone/uptime-kuma-proxy.nft
ListenStream=100.64.0.2:8087
ExecStartPost=/usr/sbin/nft -f /etc/mynodeone/uptime-kuma-proxy.nft
ExecStopPost=-/usr/sbin/nft delete table inet mynodeone_uptime_kuma
FreeBind=yes
Backlog=512
TriggerLimitIntervalSec=0
KeepAlive=yes
KeepAliveTimeSec=60
KeepAliveIntervalSec=15
KeepAliveProbes=4
IPAddressDeny=any
IPAddressAllow=100.64.0.1 100.64.0.3 100.64.0.2

[Install]
WantedBy=sockets.target'
'put' '/etc/mynodeone/uptime-kuma-proxy.published' '0644' '# Written by MyNodeOne.
add element inet mynodeone-edges published { 100.64.0.1 . 100.64.0.2 . 8087, 100.64.0.3 . 100.64.0.2 . 8087 }'
systemctl reload-or-restart mynodeone-edges.service
'ufw_only' 'mynodeone uptime-kuma' 'allow in on tailscale0 from 100.64.0.1 to 100.64.0.2 port 8087 proto tcp' 'allow in on tailscale0 from 100.64.0.3 to 100.64.0.2 port 8087 proto tcp'
systemctl daemon-reload
systemd-run --quiet --wait --collect true
systemctl enable --quiet uptime-kuma-proxy.socket uptime-kuma-proxy.service
inode_of() {
  # Only the first such field: later ones contain names that users choose.
  ss -Hltne "sport = :${1##*:}" | awk -v at="$1" '$4 == at {
    for (i = 6; i <= NF; i++) if ($i ~ /^ino:/) { print substr($i, 5); break }
  }'
}
holder_of() {
  # Process 1 comes first, so a socket that systemd shares is reported as systemd's.
  found=$(find /proc/1/fd /proc/[0-9]*/fd -lname "socket:\[$1\]" 2>/dev/null | head -n 1) || true
  found=${found#/proc/}
  printf '%s' "${found%%/*}"
}
held_by_systemd() {
  for inode in $(inode_of "$1"); do
    if [ "$(holder_of "$inode")" = 1 ]; then return 0; fi
  done
  return 1
}
held() { held_by_systemd 100.64.0.2:8087; }
free() { [ -z "$(inode_of 100.64.0.2:8087)" ]; }
if [ "$changed" = 1 ] && held; then nft -f /etc/mynodeone/uptime-kuma-proxy.nft; fi
if [ "$unit_changed" = 1 ] || ! held; then
  systemctl kill --kill-whom=main uptime-kuma-proxy.service 2>/dev/null || true
fi
if ! held; then
  within 5 free || true
  systemctl restart uptime-kuma-proxy.socket || true
fi
systemctl start uptime-kuma-proxy.socket uptime-kuma-proxy.service || true
# This restart was intended: only failures count.
systemctl reset-failed uptime-kuma-proxy.service 2>/dev/null || true
env_file=$(getent passwd 'deploy' | cut -d: -f6)/.mynodeone/'proxy-ports.env'
env_set "$env_file" 'deploy' 'UPTIME_KUMA_PROXY_PORT' 'UPTIME_KUMA_PROXY_PORT=8087'
env_unset_elsewhere "$env_file" 'proxy-ports.env' 'UPTIME_KUMA_PROXY_PORT'
env_file=$(getent passwd 'deploy' | cut -d: -f6)/.mynodeone/'proxy-urls.env'
env_set "$env_file" 'deploy' 'UPTIME_KUMA_URL' 'UPTIME_KUMA_URL=https://uptime.example.com'
env_unset_elsewhere "$env_file" 'proxy-urls.env' 'UPTIME_KUMA_URL'
listening() { systemctl is-active --quiet uptime-kuma-proxy.service && held_by_systemd 100.64.0.2:8087; }
ask() {
  printf 'HEAD / HTTP/1.0\r\n\r\n' | timeout 5 socat -t 3 - "$1:100.64.0.2:8087,connect-timeout=2$2" 2>/dev/null |
    head -c 400 | tr -d '\000'
}
ask_plain() { ask TCP4 ''; }
ask_tls() { ask OPENSSL ,verify=0,no-sni=1; }
# A TLS server may answer plain HTTP in words, or with an alert of its own protocol.
asked_for_https() {
  case $answer in
    *'HTTP request to an HTTPS server'* | *'plain HTTP request was sent to HTTPS port'* | *'speaking plain HTTP to an SSL-enabled server'* | "$(printf '\025\003')"*) return 0 ;;
  esac
  return 1
}
answering() {
  answer=$(ask_plain)
  [ -n "$answer" ]
}
within 10 listening || {
  journalctl --no-pager -n 20 -u uptime-kuma-proxy.socket -u uptime-kuma-proxy.service >&2
  fail 'SocatProxy "uptime-kuma": uptime-kuma-proxy.service does not stay up on 100.64.0.2:8087; see the lines above'
}
asked_at=$(date +%s)
if within 5 answering; then
  if asked_for_https; then warn 'SocatProxy "uptime-kuma": the Service monitoring/uptime-kuma speaks HTTPS on port 80: set service.scheme to https.'; fi
else
  answer=$(ask_tls)
  met=$(journalctl -q --no-pager -o cat -u uptime-kuma-proxy.service --since "@$asked_at" | sed -n 's/.* E //p' | tail -n 1) || true
  if [ -n "$answer" ] && ! asked_for_https; then
    warn 'SocatProxy "uptime-kuma": the Service monitoring/uptime-kuma speaks HTTPS on port 80: set service.scheme to https.'
  else
    case $met in
      *getaddrinfo*)
        if timeout 5 socat -u OPEN:/dev/null TCP4:10.43.0.10:53,connect-timeout=2 2>/dev/null; then
          warn 'SocatProxy "uptime-kuma": uptime-kuma.monitoring.svc.cluster.local:80 does not answer yet; the proxy goes on trying. The cluster'\''s DNS (10.43.0.10) does not know this name: clusterDomain is "cluster.local". Set it to the cluster'\''s own domain, which the CoreDNS configuration names after "kubernetes" (kubectl -n kube-system get configmap coredns -o yaml), and check that the Service monitoring/uptime-kuma exists.'
        else
          warn 'SocatProxy "uptime-kuma": uptime-kuma.monitoring.svc.cluster.local:80 does not answer yet; the proxy goes on trying. The cluster'\''s DNS cannot be reached: clusterDns is 10.43.0.10. Set it to the address of the Service kube-system/kube-dns, and check that its pods run.'
        fi
        ;;
      *)
        # The unit's address filter does not apply to the host. The unit is asked again, in case a pod has come up since.
        met_at=$(printf '%s' "$met" | sed -n 's/.*AF=2 \([0-9.]*:[0-9]*\).*/\1/p')
        if [ -n "$met_at" ] && timeout 5 socat -u OPEN:/dev/null "TCP4:$met_at,connect-timeout=2" 2>/dev/null; then
          answering || warn 'SocatProxy "uptime-kuma": uptime-kuma.monitoring.svc.cluster.local:80 does not answer yet; the proxy goes on trying. The host reaches the Service monitoring/uptime-kuma, but the proxy'\''s unit does not: its pods are outside of clusterCidrs (10.42.0.0/16, 10.43.0.0/16). If they use their nodes'\'' network, set hostNetwork to true.'
        else
          warn 'SocatProxy "uptime-kuma": uptime-kuma.monitoring.svc.cluster.local:80 does not answer yet; the proxy goes on trying'"${met:+ ($met)}"
        fi
        ;;
    esac
  fi
fi
