'remove_units' 'mynodeone-firewall.service'
rm -f /etc/mynodeone/keep-firewall.sh
rm -f /etc/mynodeone/resolv.conf
rmdir /etc/mynodeone 2>/dev/null || true
