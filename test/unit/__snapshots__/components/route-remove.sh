'rm' '-f' '/etc/traefik/dynamic/immich.yaml'
