systemctl disable --now --quiet traefik 2>/dev/null || true
systemctl disable --now --quiet traefik-ask-again.timer 2>/dev/null || true
'rm' '-f' '/etc/systemd/system/traefik-ask-again.service' '/etc/systemd/system/traefik-ask-again.timer'
'rm' '-f' '/etc/systemd/system/traefik.service'
systemctl daemon-reload
rm -rf /etc/traefik /var/lib/traefik
'rm' '-f' '/usr/local/bin/traefik' '/etc/mynodeone/traefik.sha256'
if getent passwd traefik >/dev/null; then userdel traefik; fi
rmdir /etc/mynodeone 2>/dev/null || true
