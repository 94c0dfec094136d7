systemctl disable --now --quiet mynodeone-firewall.service 2>/dev/null || true
'rm' '-f' '/etc/systemd/system/mynodeone-firewall.service'
systemctl daemon-reload
systemctl reset-failed mynodeone-firewall.service 2>/dev/null || true
rm -f /etc/mynodeone/keep-firewall.sh
rm -f /etc/mynodeone/resolv.conf
rmdir /etc/mynodeone 2>/dev/null || true
