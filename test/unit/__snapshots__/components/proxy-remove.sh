'remove_units' 'uptime-kuma-proxy.socket' 'uptime-kuma-proxy.service'
nft delete table inet mynodeone_uptime_kuma 2>/dev/null || true
'rm' '-f' '/etc/mynodeone/uptime-kuma-proxy.nft'
'rm' '-f' '/etc/mynodeone/uptime-kuma-proxy.published'
if systemctl is-active --quiet mynodeone-edges.service; then systemctl reload mynodeone-edges.service; fi
if command -v ufw >/dev/null; then 'ufw_only' 'mynodeone uptime-kuma'; fi
env_file=$(getent passwd 'deploy' | cut -d: -f6)/.mynodeone/'proxy-ports.env'
env_unset "$env_file" 'deploy' 'UPTIME_KUMA_PROXY_PORT'
env_file=$(getent passwd 'deploy' | cut -d: -f6)/.mynodeone/'proxy-urls.env'
env_unset "$env_file" 'deploy' 'UPTIME_KUMA_URL'
rmdir /etc/mynodeone 2>/dev/null || true
