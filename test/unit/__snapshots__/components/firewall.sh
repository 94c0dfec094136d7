need ufw=ufw
mkdir -p /etc/mynodeone
if ! [ -e /etc/mynodeone/ufw-before ]; then
  put /etc/mynodeone/ufw-before 0644 "$(ufw status | sed -n 's/^Status: //p')"
fi
'ufw_only' 'c' 'allow 22/tcp' 'allow 80/tcp' 'allow 443/tcp'
ufw --force enable </dev/null

# back
if command -v ufw >/dev/null; then
  if [ "$(cat /etc/mynodeone/ufw-before 2>/dev/null)" = inactive ]; then ufw --force disable; fi
  'ufw_only' 'c'
fi
rm -f /etc/mynodeone/ufw-before
rmdir /etc/mynodeone 2>/dev/null || true
