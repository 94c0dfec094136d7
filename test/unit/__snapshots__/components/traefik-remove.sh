systemctl disable --now --quiet traefik.service 2>/dev/null || true
systemctl disable --now --quiet traefik-ask-again.timer 2>/dev/null || true
systemctl disable --now --quiet traefik-ask-again.service 2>/dev/null || true
'rm' '-f' '/etc/systemd/system/traefik.service' '/etc/systemd/system/traefik-ask-again.timer' '/etc/systemd/system/traefik-ask-again.service'
systemctl daemon-reload
systemctl reset-failed traefik.service 2>/dev/null || true
systemctl reset-failed traefik-ask-again.timer 2>/dev/null || true
systemctl reset-failed traefik-ask-again.service 2>/dev/null || true
rm -rf /etc/traefik /var/lib/traefik
'rm' '-f' '/usr/local/bin/traefik' '/etc/mynodeone/traefik.sha256'
if getent passwd traefik >/dev/null; then userdel traefik; fi
rmdir /etc/mynodeone 2>/dev/null || true
