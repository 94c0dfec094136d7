resolves() {
  resolvectl flush-caches >/dev/null 2>&1 || true
  getent ahostsv4 "$1" >/dev/null
}
within 45 'resolves' 'photos.example.com' || 'warn' 'VpsRoute "immich": photos.example.com does not resolve on the edge; the certificate will be refused until it does'
'put' '/etc/traefik/dynamic/immich.yaml' '0644' 'http:
  routers:
    immich:
      rule: "Host(`photos.example.com`)"
      entryPoints:
        - "websecure"
      service: "immich"
      middlewares:
        - "immich-headers"
        - "immich-in-flight"
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
    immich-in-flight:
      inFlightReq:
        amount: 192
        sourceCriterion:
          ipStrategy:
            ipv6Subnet: 64
  services:
    immich:
      loadBalancer:
        passHostHeader: true
        servers:
          - url: "http://100.64.0.2:8080"'
'rm' '-rf' '/etc/traefik/users/immich'
certified() ( run_patience=2; run_as traefik grep -qF "\"main\": \"$1\"" '/var/lib/traefik/acme.json' 2>/dev/null )
within 30 'certified' 'photos.example.com' || 'warn' 'VpsRoute "immich": no certificate for photos.example.com yet; see: journalctl -u traefik | grep -i acme'
