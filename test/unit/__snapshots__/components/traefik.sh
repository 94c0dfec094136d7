traefik_ours() { [ -e /etc/mynodeone/traefik.ours ] || grep -qsF 'Written by MyNodeOne' /etc/systemd/system/traefik.service; }
foreign_traefik() {
  foreign_unit traefik.service
  if traefik_ours; then return 0; fi
  for stranger in /etc/traefik /var/lib/traefik /usr/local/bin/traefik; do
    if [ -e "$stranger" ]; then printf '%s\n' "$stranger"; fi
  done
  if getent passwd traefik >/dev/null; then echo "the account traefik"; fi
}
strangers=$(foreign_traefik | paste -sd , | sed 's/,/, /g')
if [ -n "$strangers" ]; then fail "EdgeNode: found $strangers of a Traefik that this program did not install. It is neither changed nor overwritten: use another VPS, or move that Traefik away with its certificates"; fi
mkdir -p /etc/mynodeone
: > /etc/mynodeone/traefik.ours
getent passwd traefik >/dev/null ||
  useradd --system --user-group --no-create-home --home-dir /var/lib/traefik --shell /usr/sbin/nologin traefik
need nft=nftables
case $(uname -m) in
x86_64) url='https://github.com/traefik/traefik/releases/download/v3.7.12/traefik_v3.7.12_linux_amd64.tar.gz' sha256='c3b2634fc5421626641e2f4256108c08078a9b2662f649d770af78e5e5d729a2' ;;
aarch64) url='https://github.com/traefik/traefik/releases/download/v3.7.12/traefik_v3.7.12_linux_arm64.tar.gz' sha256='c8d942f80be27c76a55ff483927b36e3be5b0b88299a177ec0882a1fa1c24374' ;;
*) fail "EdgeNode: no Traefik release for $(uname -m) is known; set traefik: { url, sha256 }" ;;
esac
if ! [ -x '/usr/local/bin/traefik' ] || [ "$(cat /etc/mynodeone/traefik.sha256 2>/dev/null)" != "$sha256" ]; then
  archive=$(mktemp -d)
  trap 'rm -rf "$archive"' EXIT
  if command -v curl >/dev/null; then
    curl -gfsSL --proto '=http,https' --retry 3 --connect-timeout 15 -o "$archive/traefik.tar.gz" "$url"
  else
    need wget=wget
    wget -q -t 3 -T 15 -O "$archive/traefik.tar.gz" "$url"
  fi || fail "EdgeNode: traefik.url: cannot download $url"
  printf '%s  %s\n' "$sha256" "$archive/traefik.tar.gz" | sha256sum -c --quiet - ||
    fail "EdgeNode: traefik.sha256: $url does not match this checksum"
  tar -xzOf "$archive/traefik.tar.gz" traefik > "$archive/traefik" && [ -s "$archive/traefik" ] ||
    fail "EdgeNode: traefik.url: $url contains no file named traefik"
  install -m 0755 "$archive/traefik" '/usr/local/bin/traefik'.new
  mv -f '/usr/local/bin/traefik'.new '/usr/local/bin/traefik'
  put /etc/mynodeone/traefik.sha256 0644 "$sha256"
  changed=1
fi
mkdir -p /etc/traefik/dynamic
'rm' '-f' '/etc/traefik/acme-ca.pem'
'rm' '-f' '/etc/traefik/traefik.env'
'put' '/etc/traefik/dynamic/_edge.yaml' '0644' '# Written by MyNodeOne; changes are lost at the next `pulumi up`.
http:
  middlewares:
    _claimed-headers:
      headers:
        customRequestHeaders:
          Ali-Cdn-Real-Ip: ""
          Cdn-Real-Ip: ""
          Cdn-Src-Ip: ""
          Cf-Connecting-Ipv6: ""
          Cf-Pseudo-Ipv4: ""
          Client-Ip: ""
          Do-Connecting-Ip: ""
          Fastly-Client-Ip: ""
          Fly-Client-Ip: ""
          Forwarded: ""
          Forwarded-For: ""
          Front-End-Https: ""
          Http-Client-Ip: ""
          Http-X-Forwarded-For: ""
          Original-Forwarded-For: ""
          Proxy: ""
          Proxy-Client-Ip: ""
          Remote-Addr: ""
          Remote-Email: ""
          Remote-Fullname: ""
          Remote-Group: ""
          Remote-Groups: ""
          Remote-Host: ""
          Remote-Name: ""
          Remote-Role: ""
          Remote-Roles: ""
          Remote-User: ""
          Remote-Userid: ""
          Remote-Username: ""
          Ssl-Client-Cert: ""
          Ssl-Client-Cn: ""
          Ssl-Client-Dn: ""
          Ssl-Client-S-Dn: ""
          Ssl-Client-Serial: ""
          Ssl-Client-Subject-Dn: ""
          Ssl-Client-Verify: ""
          Tailscale-User-Login: ""
          Tailscale-User-Name: ""
          Tailscale-User-Profile-Pic: ""
          True-Client-Ip: ""
          Wl-Proxy-Client-Ip: ""
          X-Accel-Mapping: ""
          X-Amzn-Oidc-Identity: ""
          X-Appengine-User-Ip: ""
          X-Arr-Clientcert: ""
          X-Auth-Email: ""
          X-Auth-Fullname: ""
          X-Auth-Group: ""
          X-Auth-Groups: ""
          X-Auth-Name: ""
          X-Auth-Request-Access-Token: ""
          X-Auth-Request-Email: ""
          X-Auth-Request-Fullname: ""
          X-Auth-Request-Group: ""
          X-Auth-Request-Groups: ""
          X-Auth-Request-Name: ""
          X-Auth-Request-Preferred-Username: ""
          X-Auth-Request-Role: ""
          X-Auth-Request-Roles: ""
          X-Auth-Request-Uid: ""
          X-Auth-Request-User: ""
          X-Auth-Request-Userid: ""
          X-Auth-Request-Username: ""
          X-Auth-Role: ""
          X-Auth-Roles: ""
          X-Auth-User: ""
          X-Auth-Userid: ""
          X-Auth-Username: ""
          X-Authenticated-Email: ""
          X-Authenticated-Fullname: ""
          X-Authenticated-Group: ""
          X-Authenticated-Groups: ""
          X-Authenticated-Name: ""
          X-Authenticated-Role: ""
          X-Authenticated-Roles: ""
          X-Authenticated-User: ""
          X-Authenticated-Userid: ""
          X-Authenticated-Username: ""
          X-Authentik-Access-Token: ""
          X-Authentik-Email: ""
          X-Authentik-Entitlements: ""
          X-Authentik-Fullname: ""
          X-Authentik-Group: ""
          X-Authentik-Groups: ""
          X-Authentik-Name: ""
          X-Authentik-Preferred-Username: ""
          X-Authentik-Role: ""
          X-Authentik-Roles: ""
          X-Authentik-Uid: ""
          X-Authentik-User: ""
          X-Authentik-Userid: ""
          X-Authentik-Username: ""
          X-Azure-Clientip: ""
          X-Azure-Socketip: ""
          X-Client-Cert: ""
          X-Client-Certificate: ""
          X-Client-Cn: ""
          X-Client-Dn: ""
          X-Client-Ip: ""
          X-Client-S-Dn: ""
          X-Client-Serial: ""
          X-Client-Subject-Dn: ""
          X-Client-Verify: ""
          X-Cluster-Client-Ip: ""
          X-Coming-From: ""
          X-Email: ""
          X-Envoy-External-Address: ""
          X-Forwarded: ""
          X-Forwarded-Access-Token: ""
          X-Forwarded-By: ""
          X-Forwarded-Client-Cert: ""
          X-Forwarded-Email: ""
          X-Forwarded-Fullname: ""
          X-Forwarded-Group: ""
          X-Forwarded-Groups: ""
          X-Forwarded-Id-Token: ""
          X-Forwarded-Name: ""
          X-Forwarded-Path: ""
          X-Forwarded-Preferred-Username: ""
          X-Forwarded-Protocol: ""
          X-Forwarded-Role: ""
          X-Forwarded-Roles: ""
          X-Forwarded-Ssl: ""
          X-Forwarded-Uid: ""
          X-Forwarded-User: ""
          X-Forwarded-Userid: ""
          X-Forwarded-Username: ""
          X-Forwarder-For: ""
          X-Goog-Authenticated-User-Email: ""
          X-Goog-Authenticated-User-Id: ""
          X-Host: ""
          X-Http-Host-Override: ""
          X-Http-Method: ""
          X-Http-Method-Override: ""
          X-Method-Override: ""
          X-Middleware-Subrequest: ""
          X-Ms-Client-Principal: ""
          X-Ms-Client-Principal-Id: ""
          X-Ms-Client-Principal-Name: ""
          X-Nf-Client-Connection-Ip: ""
          X-Original-Forwarded-For: ""
          X-Original-Host: ""
          X-Original-Method: ""
          X-Original-Uri: ""
          X-Original-Url: ""
          X-Originating-Ip: ""
          X-Pomerium-Claim-Email: ""
          X-Proxy-Email: ""
          X-Proxy-Fullname: ""
          X-Proxy-Group: ""
          X-Proxy-Groups: ""
          X-Proxy-Name: ""
          X-Proxy-Role: ""
          X-Proxy-Roles: ""
          X-Proxy-User: ""
          X-Proxy-Userid: ""
          X-Proxy-Username: ""
          X-Proxyuser-Ip: ""
          X-Remote-Addr: ""
          X-Remote-Email: ""
          X-Remote-Extra: ""
          X-Remote-Fullname: ""
          X-Remote-Group: ""
          X-Remote-Groups: ""
          X-Remote-Ip: ""
          X-Remote-Name: ""
          X-Remote-Role: ""
          X-Remote-Roles: ""
          X-Remote-User: ""
          X-Remote-Userid: ""
          X-Remote-Username: ""
          X-Rewrite-Url: ""
          X-Sendfile-Type: ""
          X-Ssl-Client-Cert: ""
          X-Ssl-Client-Cn: ""
          X-Ssl-Client-Dn: ""
          X-Ssl-Client-S-Dn: ""
          X-Ssl-Client-Serial: ""
          X-Ssl-Client-Subject-Dn: ""
          X-Ssl-Client-Verify: ""
          X-True-Client-Ip: ""
          X-Url-Scheme: ""
          X-User: ""
          X-User-Name: ""
          X-Username: ""
          X-Vercel-Forwarded-For: ""
          X-Vouch-Idp-Claims-Email: ""
          X-Vouch-User: ""
          X-Webauth-Email: ""
          X-Webauth-Fullname: ""
          X-Webauth-Group: ""
          X-Webauth-Groups: ""
          X-Webauth-Name: ""
          X-Webauth-Orgs: ""
          X-Webauth-Role: ""
          X-Webauth-Roles: ""
          X-Webauth-User: ""
          X-Webauth-Userid: ""
          X-Webauth-Username: ""
    _to-https:
      redirectScheme:
        scheme: "https"
        permanent: true
tls:
  options:
    default:
      minVersion: "VersionTLS12"
      cipherSuites:
        - "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
        - "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
        - "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
        - "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
        - "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
        - "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
      sniStrict: true'
'put' '/etc/traefik/traefik.yaml' '0644' 'global:
  checkNewVersion: false
  sendAnonymousUsage: false
log:
  level: "INFO"
accessLog:
  format: "json"
  fields:
    queryParameters:
      defaultMode: "drop"
entryPoints:
  web:
    address: ":80"
    http:
      aliasHeadersStrategy: "delete"
  websecure:
    address: ":443"
    transport:
      respondingTimeouts:
        readTimeout: "24h"
        idleTimeout: "3m"
    http2:
      maxConcurrentStreams: 100
    http:
      encodedCharacters:
        allowEncodedSlash: true
        allowEncodedBackSlash: true
        allowEncodedSemicolon: true
        allowEncodedPercent: true
        allowEncodedQuestionMark: true
        allowEncodedHash: true
      aliasHeadersStrategy: "delete"
      middlewares:
        - "_claimed-headers@file"
providers:
  providersThrottleDuration: "100ms"
  file:
    directory: "/etc/traefik/dynamic"
    watch: true
certificatesResolvers:
  le:
    acme:
      email: "me@example.com"
      storage: "/var/lib/traefik/acme.json"
      httpChallenge:
        entryPoint: "web"'
networks=$({
  printf '%s\n' '100.64.0.0/10' '127.0.0.53' '127.0.0.54' '100.100.100.100'
  sed -n 's/^nameserver[[:space:]][[:space:]]*\([0-9a-fA-F.:]*\).*/\1/p' /etc/resolv.conf 2>/dev/null || true
  { :; } | sed -n 's/^\([0-9a-fA-F.:]*\)[[:space:]].*/\1/p'
} | awk 'NF && !seen[$0]++' | paste -sd ' ')
case $(systemctl --version) in *+BPF_FRAMEWORK*) probe=ipv6:tcp:0 ;; *) probe= ;; esac
'own_unit' 'traefik.service'
put /etc/systemd/system/traefik.service 0644 '# Written by MyNodeOne; changes are lost at the next `pulumi up`.
[Unit]
Description=Traefik: HTTPS for the apps at home
Documentation=https://doc.traefik.io/traefik/
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/usr/local/bin/traefik --configFile=/etc/traefik/traefik.yaml
EnvironmentFile=-/etc/traefik/traefik.env
Restart=always
RestartSec=1
StateDirectory=traefik
StateDirectoryMode=0700
LimitNOFILE=1048576
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
SocketBindDeny=any
SocketBindAllow='"$probe"'
SocketBindAllow=tcp:80
SocketBindAllow=tcp:443
IPAddressDeny=localhost link-local multicast 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 100.64.0.0/10
IPAddressAllow='"$networks"'
MemoryMax=50%
User=traefik
Group=traefik
LimitCORE=0
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProcSubset=all
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
RestrictAddressFamilies=AF_INET AF_INET6
NoExecPaths=/
ExecPaths=/usr/local/bin/traefik
TasksMax=512

[Install]
WantedBy=multi-user.target'
traefik_changed=$changed
changed=0
'put' '/etc/mynodeone/keep-firewall.sh' '0755' '#!/bin/sh
# Written by MyNodeOne; changes are lost at the next `pulumi up`.
set -eu
put_back() {
  present=$(nft list tables)
  for file in /etc/mynodeone/*.nft; do
    table=$(sed -n '\''s/^delete //p'\'' "$file" 2>/dev/null) || continue
    if printf '\''%s\n'\'' "$present" | grep -qxF "$table"; then continue; fi
    listens=$(sed -n '\''s/^# While this listens: //p'\'' "$file")
    wanted() { [ -e "$file" ] && { [ -z "$listens" ] || ss -Hltn "$listens" | grep -q .; }; }
    if ! wanted; then continue; fi
    echo "$table was removed by another program; loading $file"
    nft -f "$file"
    if ! wanted; then nft delete $table; fi
  done
}
{
  nft monitor tables &
  sleep 1
  if kill -0 $!; then systemd-notify --ready; fi
  echo started
  wait
} | while read -r event; do put_back || true; done
# Not reached while nft listens.
exit 1'
'own_unit' 'mynodeone-firewall.service'
'put' '/etc/systemd/system/mynodeone-firewall.service' '0644' '# Written by MyNodeOne; changes are lost at the next `pulumi up`.
[Unit]
Description=Restores the firewall tables of MyNodeOne that another program removes
Documentation=man:nft(8)
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart=/bin/sh /etc/mynodeone/keep-firewall.sh
Restart=always
RestartSec=1
MemoryMax=64M
TasksMax=16
DynamicUser=yes
AmbientCapabilities=CAP_NET_ADMIN
CapabilityBoundingSet=CAP_NET_ADMIN
RestrictAddressFamilies=AF_NETLINK AF_UNIX
IPAddressDeny=any
SocketBindDeny=any
NoExecPaths=/
ExecPaths=/usr/bin /usr/sbin/nft /usr/lib -/usr/lib64
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
systemctl daemon-reload
systemctl enable --quiet mynodeone-firewall.service
if [ "$changed" = 1 ]; then verb=restart; else verb=start; fi
systemctl "$verb" mynodeone-firewall.service || {
  journalctl --no-pager -n 10 -u mynodeone-firewall.service >&2
  fail "$0: mynodeone-firewall.service does not stay up; see the lines above"
}
table_text=$(printf '%s\n' '# Written by MyNodeOne; loaded and removed with mynodeone-clients.service.
table inet mynodeone-clients
delete table inet mynodeone-clients
table inet mynodeone-clients {
  set clients4 { typeof ip saddr; flags dynamic; size 65535; }
  set clients6 { typeof ip6 saddr; flags dynamic; size 65535; }
  set young4 { type ipv4_addr . inet_service; flags dynamic,timeout; timeout 60s; size 65535; }
  set young6 { type ipv6_addr . inet_service; flags dynamic,timeout; timeout 60s; size 65535; }
  chain unanswered {
    ct label 61 ip saddr . tcp sport != @young4 ct label set 62 counter drop
    ct label 61 ip6 saddr . tcp sport != @young6 ct label set 62 counter drop
    add @young4 { ip saddr . tcp sport } ct label set 61
    add @young6 { ip6 saddr . tcp sport } ct label set 61
  }
  chain input {
    type filter hook input priority -10; policy accept;
    iifname "lo" accept
    tcp dport != { 80, 443 } accept
    ct label 62 drop
    tcp dport 443 ct state established ct reply bytes < 500 jump unanswered
    ct state != new accept
    add @clients4 { ip saddr ct count over 256 } counter reject with tcp reset
    add @clients6 { ip6 saddr & ffff:ffff:ffff:ffff:: ct count over 256 } counter reject with tcp reset
  }
}' | sed '/^ *$/d')
'put' '/etc/mynodeone/mynodeone-clients.nft' '0644' "$table_text"
'own_unit' 'mynodeone-clients.service'
'put' '/etc/systemd/system/mynodeone-clients.service' '0644' '# Written by MyNodeOne; changes are lost at the next `pulumi up`.
[Unit]
Description=Limits one client'\''s connections to ports 80 and 443
Documentation=man:nft(8)
DefaultDependencies=no
After=local-fs.target nftables.service ufw.service
Before=network-pre.target shutdown.target
Wants=network-pre.target
Conflicts=shutdown.target
StartLimitIntervalSec=0

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/mynodeone/mynodeone-clients.nft
ExecReload=/usr/sbin/nft -f /etc/mynodeone/mynodeone-clients.nft
ExecStop=-/usr/sbin/nft delete table inet mynodeone-clients
Restart=on-failure
RestartSec=1
CapabilityBoundingSet=CAP_NET_ADMIN
RestrictAddressFamilies=AF_NETLINK AF_UNIX
IPAddressDeny=any
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
WantedBy=sysinit.target'
systemctl daemon-reload
systemctl enable --quiet mynodeone-clients.service
systemctl reload-or-restart mynodeone-clients.service || {
  journalctl --no-pager -n 10 -u mynodeone-clients.service >&2
  fail "$0: mynodeone-clients.service cannot load its table; see the lines above"
}
'put' '/etc/traefik/ask-again.sh' '0755' '#!/bin/sh
# Written by MyNodeOne; changes are lost at the next `pulumi up`.
set -eu
# The file is in Traefik'\''s own directory: follow no link, and do not wait for a FIFO.
certificates=$(timeout 10 dd if='\''/var/lib/traefik/acme.json'\'' iflag=nofollow,nonblock bs=1M count=16 status=none 2>/dev/null | tr -d '\''\000'\'') || true
missing=
for host in $(sed -n '\''s/^ *- main: "\(.*\)"$/\1/p'\'' /etc/traefik/dynamic/*.yaml 2>/dev/null); do
  case $certificates in
    *"\"main\": \"$host\""*) ;;
    *) missing="$missing $host" ;;
  esac
done
if [ -z "$missing" ]; then
  rm -f /etc/traefik/dynamic/_ask-again.yaml
  exit 0
fi
echo "asking again for:$missing"
new=$(mktemp /etc/traefik/dynamic/.mynodeone.XXXXXXXXXX)
cat > "$new" <<END
http:
  middlewares:
    _ask-again: { headers: { customRequestHeaders: { X-Asked-Again: "$(date +%s)" } } }
END
chmod 0644 "$new"
mv -f "$new" /etc/traefik/dynamic/_ask-again.yaml'
'own_unit' 'traefik-ask-again.service'
'put' '/etc/systemd/system/traefik-ask-again.service' '0644' '# Written by MyNodeOne; changes are lost at the next `pulumi up`.
[Unit]
Description=Makes Traefik request missing certificates again
After=traefik.service

[Service]
Type=oneshot
ExecStart=/bin/sh /etc/traefik/ask-again.sh
CapabilityBoundingSet=CAP_DAC_READ_SEARCH
PrivateNetwork=yes
RestrictAddressFamilies=none
IPAddressDeny=any
MemoryMax=64M
ReadWritePaths=/etc/traefik/dynamic
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
UMask=0077'
'own_unit' 'traefik-ask-again.timer'
'put' '/etc/systemd/system/traefik-ask-again.timer' '0644' '# Written by MyNodeOne; changes are lost at the next `pulumi up`.
[Unit]
Description=Periodically makes Traefik request missing certificates again

[Timer]
OnActiveSec=15min
OnUnitInactiveSec=15min

[Install]
WantedBy=timers.target'
systemctl daemon-reload
systemctl enable --now --quiet traefik-ask-again.timer
changed=$traefik_changed
acme_host() { run_as traefik sed -n 's|^ *"uri": "https://\([^/"]*\)/.*|\1|p' "$1" 2>/dev/null | sed 's/:443$//; q'; }
acme_move() {
  systemctl stop traefik 2>/dev/null || true
  run_as traefik mv -T --backup=numbered "$1" "$2"
  changed=1
}
acme_staging() {
  run_as traefik sed -n 's/^ *"certificate": "\(.*\)".*/\1/p' /var/lib/traefik/acme.json 2>/dev/null | while IFS= read -r acme_pem; do
    printf '%s' "$acme_pem" | base64 -d | sed -n '/^---.*END/q; /^---/!p' | base64 -d | grep -aqF '(STAGING)' &&
      echo yes || true
  done
}
acme_owner=$(acme_host /var/lib/traefik/acme.json)
if [ -n "$acme_owner" ] && { [ "$acme_owner" != acme-v02.api.letsencrypt.org ] || [ -n "$(acme_staging)" ]; }; then
  acme_move /var/lib/traefik/acme.json /var/lib/traefik/acme-"$acme_owner".json
fi
systemctl enable --quiet traefik
if [ "$changed" = 1 ]; then systemctl restart traefik; else systemctl start traefik; fi
sleep 2
systemctl is-active --quiet traefik || {
  journalctl --no-pager -n 20 -u traefik >&2
  fail "EdgeNode: Traefik does not stay up; see the lines above"
}
