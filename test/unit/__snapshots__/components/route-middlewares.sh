if [ "$(cat '/etc/traefik/dynamic/immich.yaml' 2>/dev/null || true)" != 'http:
  routers:
    immich:
      rule: "Host(`photos.example.com`)"
      entryPoints:
        - "websecure"
      service: "immich"
      middlewares:
        - "immich-headers"
        - "immich-allow-from"
        - "immich-rate-limit"
        - "immich_squeeze"
        - "immich_other-headers"
      tls:
        certResolver: "le"
        domains:
          - main: "photos.example.com"
    immich__http:
      rule: "Host(`photos.example.com`)"
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
    immich-rate-limit:
      rateLimit:
        average: 5
        burst: 10
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
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
          - url: "http://100.64.0.2:8080"' ]; then
  trial=$(mktemp -d /tmp/mynodeone.XXXXXXXXXX)
  trap 'rm -rf "$trial"' EXIT
  mkdir "$trial/routes"
  cp /etc/traefik/dynamic/*.yaml "$trial/routes" 2>/dev/null || true
  printf '%s\n' 'http:
  routers:
    immich:
      rule: "Host(`photos.example.com`)"
      entryPoints:
        - "websecure"
      service: "immich"
      middlewares:
        - "immich-headers"
        - "immich-allow-from"
        - "immich-rate-limit"
        - "immich_squeeze"
        - "immich_other-headers"
      tls:
        certResolver: "le"
        domains:
          - main: "photos.example.com"
    immich__http:
      rule: "Host(`photos.example.com`)"
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
    immich-rate-limit:
      rateLimit:
        average: 5
        burst: 10
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
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
          - url: "http://100.64.0.2:8080"' > "$trial/routes/"'immich.yaml'
  printf '%s\n' 'global: { checkNewVersion: false, sendAnonymousUsage: false }' \
    'log: { level: ERROR, format: json }' 'entryPoints: { web: { address: "127.0.0.1:0" }, websecure: { address: "127.0.0.1:0" } }' \
    "providers: { file: { directory: $trial/routes, watch: false } }" > "$trial/traefik.yaml"
  : > "$trial/log"
  chown -R traefik "$trial"
  timeout 30 setpriv --reuid=traefik --regid=traefik --clear-groups \
    /usr/local/bin/traefik --configFile="$trial/traefik.yaml" </dev/null >"$trial/log" 2>&1 &
  trial_process=$!
  trial_says() { grep -F '"routerName":"immich@file"' "$trial/log" | grep "$@" -F '"certificateResolver":"le"'; }
  trial_refused() { trial_says -v || grep -F "/"'immich.yaml'": " "$trial/log"; }
  trial_over() { trial_says >/dev/null || trial_refused >/dev/null; }
  within 30 trial_over || 'warn' 'VpsRoute "immich": Traefik does not say within 30 s whether it can use the route'\''s middlewares'
  { kill "$trial_process"; wait "$trial_process"; } 2>/dev/null || true
  trial_reason=$(trial_refused | head -n 1 | sed 's/.*"error":"//; s/","[a-zA-Z]*":.*//; s/^.*\.yaml: //') || true
  if [ -n "$trial_reason" ]; then
    :
    fail 'VpsRoute "immich": option `middlewares`: Traefik refuses it, so nothing was changed. Mend it by https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/overview/; Traefik says:' "$trial_reason"
  fi
  rm -rf "$trial"
fi
'put' '/etc/traefik/dynamic/immich.yaml' '0644' 'http:
  routers:
    immich:
      rule: "Host(`photos.example.com`)"
      entryPoints:
        - "websecure"
      service: "immich"
      middlewares:
        - "immich-headers"
        - "immich-allow-from"
        - "immich-rate-limit"
        - "immich_squeeze"
        - "immich_other-headers"
      tls:
        certResolver: "le"
        domains:
          - main: "photos.example.com"
    immich__http:
      rule: "Host(`photos.example.com`)"
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
    immich-rate-limit:
      rateLimit:
        average: 5
        burst: 10
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
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
          - url: "http://100.64.0.2:8080"'
'rm' '-rf' '/etc/traefik/users/immich'
certified() { grep -qF "\"main\": \"$1\"" '/var/lib/traefik/acme.json' 2>/dev/null; }
within 30 'certified' 'photos.example.com' || 'warn' 'VpsRoute "immich": no certificate for photos.example.com yet; see: journalctl -u traefik | grep -i acme'
