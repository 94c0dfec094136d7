need socat=socat nft=nftables
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
'put' '/etc/mynodeone/resolv.conf' '0644' '# Written by MyNodeOne: how the proxies look up Services.
nameserver 10.43.0.10
options timeout:1 attempts:3'
