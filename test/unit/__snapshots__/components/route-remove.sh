'rm' '-f' '/etc/traefik/dynamic/immich.yaml'
'rm' '-rf' '/etc/traefik/users/immich'
