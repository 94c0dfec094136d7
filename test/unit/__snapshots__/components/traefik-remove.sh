traefik_ours() { [ -e /etc/mynodeone/traefik.ours ] || grep -qsF 'Written by MyNodeOne' /etc/systemd/system/traefik.service; }
foreign_traefik() {
  foreign_unit traefik.service
  if traefik_ours; then return 0; fi
  for stranger in /etc/traefik /var/lib/traefik /usr/local/bin/traefik; do
    if [ -e "$stranger" ]; then printf '%s\n' "$stranger"; fi
  done
  if getent passwd traefik >/dev/null; then echo "the account traefik"; fi
}
if traefik_ours; then
'rm' '-f' '/etc/mynodeone/mynodeone-clients.nft'
'remove_units' 'mynodeone-clients.service'
nft delete table inet mynodeone-clients 2>/dev/null || true
rmdir /etc/mynodeone 2>/dev/null || true
'remove_units' 'mynodeone-firewall.service'
rm -f /etc/mynodeone/keep-firewall.sh
'remove_units' 'traefik.service' 'traefik-ask-again.timer' 'traefik-ask-again.service'
'rm' '-f' '/usr/local/bin/traefik' '/etc/mynodeone/traefik.sha256'
'rm' '-f' '/etc/traefik/traefik.yaml' '/etc/traefik/acme-ca.pem' '/etc/traefik/traefik.env' '/etc/traefik/dynamic/_edge.yaml' '/etc/traefik/ask-again.sh' '/etc/traefik/dynamic/_ask-again.yaml'
rm -f /etc/traefik/dynamic/.mynodeone.?????????? /etc/traefik/.mynodeone.??????????
if getent passwd traefik >/dev/null; then
  if [ -d /var/lib/traefik ]; then find /var/lib/traefik -type f -user traefik -delete; fi
  userdel traefik
fi
for directory in /etc/traefik /var/lib/traefik; do
  if ! [ -d "$directory" ]; then continue; fi
  find "$directory" -depth -type d -empty -delete
  left=$(find "$directory" ! -type d 2>/dev/null | head -n 5 | paste -sd ' ')
  if [ -n "$left" ]; then warn "$0: $directory stays, since it contains files that this program did not create: $left"; fi
done
'rm' '-f' '/etc/mynodeone/traefik.ours'
fi
rmdir /etc/mynodeone 2>/dev/null || true
