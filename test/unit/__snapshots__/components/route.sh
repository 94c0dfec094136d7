resolves() { getent ahostsv4 'photos.example.com' >/dev/null; }
within 45 resolves || warn 'VpsRoute "immich": photos.example.com does not resolve on the edge; the certificate will be refused until it does'
'put' '/etc/traefik/dynamic/immich.yaml' '0644' 'http:
  routers:
    immich:
      rule: Host(`photos.example.com`)
      entryPoints:
        - websecure
      service: immich
      middlewares:
        - immich-hsts
      tls:
        certResolver: le
        domains:
          - main: photos.example.com
  middlewares:
    immich-hsts:
      headers:
        stsSeconds: 31536000
  services:
    immich:
      loadBalancer:
        passHostHeader: true
        servers:
          - url: http://100.64.0.2:8080'
certified() { grep -qF '"main": "photos.example.com"' /var/lib/traefik/acme.json 2>/dev/null; }
within 30 certified || warn 'VpsRoute "immich": no certificate for photos.example.com yet; see: journalctl -u traefik | grep -i acme'
