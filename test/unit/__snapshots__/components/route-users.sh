users=$(cat)
users_directory='/etc/traefik/users/immich'
users_file=$users_directory/$(printf '%s\n' "$users" | sha256sum | cut -c 1-32)
put "$users_file" 0640 "$users"
chgrp traefik "$users_file"
if [ "$(cat '/etc/traefik/dynamic/immich.yaml' 2>/dev/null || true)" != 'http:
  routers:
    immich:
      rule: "Host(`photos.example.com`) || Host(`pictures.example.com`) || Host(`example.com`)"
      entryPoints:
        - "websecure"
      service: "immich"
      middlewares:
        - "immich-headers"
        - "immich-allow-from"
        - "immich-in-flight"
        - "immich-rate-limit"
        - "immich-basic-auth"
        - "immich_compress"
        - "immich_headers"
      tls:
        certResolver: "le"
        domains:
          - main: "photos.example.com"
          - main: "pictures.example.com"
          - main: "example.com"
    immich__http:
      rule: "Host(`photos.example.com`) || Host(`pictures.example.com`) || Host(`example.com`)"
      entryPoints:
        - "web"
      middlewares:
        - "_to-https"
      service: "noop@internal"
  middlewares:
    immich-headers:
      headers:
        customRequestHeaders:
          Cf-Access-Authenticated-User-Email: ""
          Cf-Connecting-Ip: ""
        stsSeconds: 31536000
    immich-allow-from:
      ipAllowList:
        sourceRange:
          - "203.0.113.0/24"
          - "2001:db8::7"
    immich-in-flight:
      inFlightReq:
        amount: 192
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
    immich-rate-limit:
      rateLimit:
        average: 5
        burst: 10
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
    immich-basic-auth:
      basicAuth:
        usersFile: "'"$users_file"'"
        removeHeader: true
    immich_compress:
      compress: {}
    immich_headers:
      headers:
        frameDeny: true
  services:
    immich:
      loadBalancer:
        passHostHeader: true
        servers:
          - url: "http://100.64.0.2:8080"' ]; then
  trial=$(mktemp -d /run/mynodeone/trial.XXXXXXXXXX)
  trial_end() { systemctl stop mynodeone-route-trial.service 2>/dev/null || true; }
  trap 'trial_end; rm -rf "$trial"' EXIT
  trial_end
  mkdir "$trial/routes"
  cp /etc/traefik/dynamic/*.yaml "$trial/routes" 2>/dev/null || true
  printf '%s\n' 'http:
  routers:
    immich:
      rule: "Host(`photos.example.com`) || Host(`pictures.example.com`) || Host(`example.com`)"
      entryPoints:
        - "websecure"
      service: "immich"
      middlewares:
        - "immich-headers"
        - "immich-allow-from"
        - "immich-in-flight"
        - "immich-rate-limit"
        - "immich-basic-auth"
        - "immich_compress"
        - "immich_headers"
      tls:
        certResolver: "le"
        domains:
          - main: "photos.example.com"
          - main: "pictures.example.com"
          - main: "example.com"
    immich__http:
      rule: "Host(`photos.example.com`) || Host(`pictures.example.com`) || Host(`example.com`)"
      entryPoints:
        - "web"
      middlewares:
        - "_to-https"
      service: "noop@internal"
  middlewares:
    immich-headers:
      headers:
        customRequestHeaders:
          Cf-Access-Authenticated-User-Email: ""
          Cf-Connecting-Ip: ""
        stsSeconds: 31536000
    immich-allow-from:
      ipAllowList:
        sourceRange:
          - "203.0.113.0/24"
          - "2001:db8::7"
    immich-in-flight:
      inFlightReq:
        amount: 192
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
    immich-rate-limit:
      rateLimit:
        average: 5
        burst: 10
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
    immich-basic-auth:
      basicAuth:
        usersFile: "'"$users_file"'"
        removeHeader: true
    immich_compress:
      compress: {}
    immich_headers:
      headers:
        frameDeny: true
  services:
    immich:
      loadBalancer:
        passHostHeader: true
        servers:
          - url: "http://100.64.0.2:8080"' > "$trial/routes/"'immich.yaml'
  printf '%s\n' 'global: { checkNewVersion: false, sendAnonymousUsage: false }' \
    'log: { level: ERROR, format: json }' \
    'entryPoints: { web: { address: "127.0.0.1:0" }, websecure: { address: "127.0.0.1:0" } }' \
    'providers: { file: { directory: /etc/traefik/dynamic, watch: false } }' > "$trial/traefik.yaml"
  systemd-run --quiet --collect --pipe --unit=mynodeone-route-trial.service '--property=User=traefik' '--property=Group=traefik' '--property=LimitCORE=0' '--property=LockPersonality=yes' '--property=MemoryDenyWriteExecute=yes' '--property=NoNewPrivileges=yes' '--property=PrivateDevices=yes' '--property=PrivateTmp=yes' '--property=ProcSubset=all' '--property=ProtectClock=yes' '--property=ProtectControlGroups=yes' '--property=ProtectHome=yes' '--property=ProtectHostname=yes' '--property=ProtectKernelLogs=yes' '--property=ProtectKernelModules=yes' '--property=ProtectKernelTunables=yes' '--property=ProtectProc=invisible' '--property=ProtectSystem=strict' '--property=RemoveIPC=yes' '--property=RestrictNamespaces=yes' '--property=RestrictRealtime=yes' '--property=RestrictSUIDSGID=yes' '--property=SystemCallArchitectures=native' '--property=SystemCallErrorNumber=EPERM' '--property=SystemCallFilter=@system-service' '--property=SystemCallFilter=~@privileged @resources' '--property=UMask=0077' '--property=RestrictAddressFamilies=AF_INET AF_INET6' '--property=NoExecPaths=/' '--property=ExecPaths=/usr/local/bin/traefik' '--property=TasksMax=512' '--property=PrivateNetwork=yes' '--property=RuntimeMaxSec=30' \
    --property=BindReadOnlyPaths="$trial/routes:/etc/traefik/dynamic $trial/traefik.yaml:/etc/traefik/traefik.yaml" \
    /usr/local/bin/traefik --configFile=/etc/traefik/traefik.yaml </dev/null >"$trial/log" 2>&1 &
  trial_says() { grep -F '"routerName":"immich@file"' "$trial/log" | grep "$@" -F '"certificateResolver":"le"'; }
  trial_refused() { trial_says -v || grep -F "/"'immich.yaml'": " "$trial/log"; }
  trial_over() { trial_says >/dev/null || trial_refused >/dev/null; }
  within 30 trial_over || trial_silent=1
  trial_end
  wait
  trial_reason=$(trial_refused | head -n 1 | sed 's/.*"error":"//; s/","[a-zA-Z]*":.*//; s/^.*\.yaml: //') || true
  if [ -n "$trial_reason" ]; then
    [ -e '/etc/traefik/dynamic/immich.yaml' ] || 'rm' '-rf' '/etc/traefik/users/immich'
    fail 'VpsRoute "immich": option `middlewares`: Traefik refuses it, so nothing was changed. Correct it: see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/overview/; Traefik says:' "$trial_reason"
  elif [ -n "${trial_silent:-}" ]; then
    [ -e '/etc/traefik/dynamic/immich.yaml' ] || 'rm' '-rf' '/etc/traefik/users/immich'
    head -c 4000 "$trial/log" >&2
    fail 'VpsRoute "immich": Traefik did not report within 30 s whether it can use the route'\''s middlewares, so nothing was changed. Its output is above. Run again once the edge is less busy.'
  fi
  rm -rf "$trial"
fi
resolves() {
  resolvectl flush-caches >/dev/null 2>&1 || true
  getent ahostsv4 "$1" >/dev/null
}
within 45 'resolves' 'photos.example.com' || 'warn' 'VpsRoute "immich": photos.example.com does not resolve on the edge; the certificate will be refused until it does'
within 45 'resolves' 'pictures.example.com' || 'warn' 'VpsRoute "immich": pictures.example.com does not resolve on the edge; the certificate will be refused until it does'
within 45 'resolves' 'example.com' || 'warn' 'VpsRoute "immich": example.com does not resolve on the edge; the certificate will be refused until it does'
put '/etc/traefik/dynamic/immich.yaml' 0644 'http:
  routers:
    immich:
      rule: "Host(`photos.example.com`) || Host(`pictures.example.com`) || Host(`example.com`)"
      entryPoints:
        - "websecure"
      service: "immich"
      middlewares:
        - "immich-headers"
        - "immich-allow-from"
        - "immich-in-flight"
        - "immich-rate-limit"
        - "immich-basic-auth"
        - "immich_compress"
        - "immich_headers"
      tls:
        certResolver: "le"
        domains:
          - main: "photos.example.com"
          - main: "pictures.example.com"
          - main: "example.com"
    immich__http:
      rule: "Host(`photos.example.com`) || Host(`pictures.example.com`) || Host(`example.com`)"
      entryPoints:
        - "web"
      middlewares:
        - "_to-https"
      service: "noop@internal"
  middlewares:
    immich-headers:
      headers:
        customRequestHeaders:
          Cf-Access-Authenticated-User-Email: ""
          Cf-Connecting-Ip: ""
        stsSeconds: 31536000
    immich-allow-from:
      ipAllowList:
        sourceRange:
          - "203.0.113.0/24"
          - "2001:db8::7"
    immich-in-flight:
      inFlightReq:
        amount: 192
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
    immich-rate-limit:
      rateLimit:
        average: 5
        burst: 10
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
    immich-basic-auth:
      basicAuth:
        usersFile: "'"$users_file"'"
        removeHeader: true
    immich_compress:
      compress: {}
    immich_headers:
      headers:
        frameDeny: true
  services:
    immich:
      loadBalancer:
        passHostHeader: true
        servers:
          - url: "http://100.64.0.2:8080"'
find "$users_directory" -type f ! -name "${users_file##*/}" -delete
certified() ( run_patience=2; run_as traefik grep -qF "\"main\": \"$1\"" '/var/lib/traefik/acme.json' 2>/dev/null )
within 30 'certified' 'photos.example.com' || 'warn' 'VpsRoute "immich": no certificate for photos.example.com yet; see: journalctl -u traefik | grep -i acme'
within 30 'certified' 'pictures.example.com' || 'warn' 'VpsRoute "immich": no certificate for pictures.example.com yet; see: journalctl -u traefik | grep -i acme'
within 30 'certified' 'example.com' || 'warn' 'VpsRoute "immich": no certificate for example.com yet; see: journalctl -u traefik | grep -i acme'
