users=$(cat)
users_directory='/etc/traefik/users/immich'
users_file=$users_directory/$(printf '%s\n' "$users" | sha256sum | cut -c 1-32)
put "$users_file" 0640 "$users"
chgrp traefik "$users_file"
resolves() { getent ahostsv4 "$1" >/dev/null; }
within 45 'resolves' 'photos.example.com' || 'warn' 'VpsRoute "immich": photos.example.com does not resolve on the edge; the certificate will be refused until it does'
within 45 'resolves' 'pictures.example.com' || 'warn' 'VpsRoute "immich": pictures.example.com does not resolve on the edge; the certificate will be refused until it does'
within 45 'resolves' 'example.com' || 'warn' 'VpsRoute "immich": example.com does not resolve on the edge; the certificate will be refused until it does'
put '/etc/traefik/dynamic/immich.yaml' 0644 'http:
  routers:
    immich:
      rule: Host(`photos.example.com`) || Host(`pictures.example.com`) || Host(`example.com`)
      entryPoints:
        - websecure
      service: immich
      middlewares:
        - immich-headers
        - immich-allow-from
        - immich-rate-limit
        - immich-basic-auth
        - immich_squeeze
        - immich_other-headers
      tls:
        certResolver: le
        domains:
          - main: photos.example.com
          - main: pictures.example.com
          - main: example.com
  middlewares:
    immich-headers:
      headers:
        customRequestHeaders:
          Forwarded: ""
          True-Client-Ip: ""
          X-Client-Ip: ""
          X-Cluster-Client-Ip: ""
          Cf-Connecting-Ip: ""
        stsSeconds: 31536000
    immich-allow-from:
      ipAllowList:
        sourceRange:
          - 203.0.113.0/24
          - 2001:db8::7
    immich-rate-limit:
      rateLimit:
        average: 5
        burst: 10
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
    immich-basic-auth:
      basicAuth:
        usersFile: '"$users_file"'
        removeHeader: true
    immich_squeeze:
      compress: {}
    immich_other-headers:
      headers:
        frameDeny: true
  services:
    immich:
      loadBalancer:
        passHostHeader: true
        servers:
          - url: http://100.64.0.2:8080'
find "$users_directory" -type f ! -name "${users_file##*/}" -delete
certified() { grep -qF "\"main\": \"$1\"" /var/lib/traefik/acme.json 2>/dev/null; }
within 30 'certified' 'photos.example.com' || 'warn' 'VpsRoute "immich": no certificate for photos.example.com yet; see: journalctl -u traefik | grep -i acme'
within 30 'certified' 'pictures.example.com' || 'warn' 'VpsRoute "immich": no certificate for pictures.example.com yet; see: journalctl -u traefik | grep -i acme'
within 30 'certified' 'example.com' || 'warn' 'VpsRoute "immich": no certificate for example.com yet; see: journalctl -u traefik | grep -i acme'
