import { createHash } from "node:crypto";
import { letsEncryptDirectory } from "./letsEncrypt.ts";
import { shellCommand, shellQuote } from "../host/quote.ts";
import { traefikPaths } from "./traefik/unit.ts";

/**
 * The former certificate store of every edge, whatever its authority. Today only Let's Encrypt's production uses it.
 */
const first = `${traefikPaths.state}/acme.json`;

/**
 * The file in which Traefik keeps the account and certificates of one ACME server, given by its directory URL.
 *
 * Traefik does not record a certificate's issuer, and keeps it until it expires. With one file for all servers, a
 * staging server's certificates would still be served after a change to production. So each server has a separate file.
 * An unused file stays with its keys, and switching back requests no certificates.
 */
export function acmeStore(server: string = letsEncryptDirectory): string {
  if (server === letsEncryptDirectory) return first;
  const digest = createHash("sha256").update(server).digest("hex").slice(0, 8);
  return `${traefikPaths.state}/acme-${hostOf(server)}-${digest}.json`;
}

/** Host and port, written like a URL's authority without the default port. */
function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).host : "";
}

/**
 * Shell text that moves the store of former versions, shared by all servers, to its own server's file. It sets
 * `changed` to 1 if it moved something. Traefik is stopped first, since it would write its file again.
 *
 * The account's URL in a file names the server that issued its contents, with one exception: a version with a shared
 * file may have created a production account beside staging certificates. Their issuer shows that, and the whole file is
 * put aside.
 *
 * Traefik owns the directory and may replace the file by a link or a FIFO. So everything in it is done with Traefik's
 * rights only, and for at most half a minute.
 */
export function takeUpAcmeStore(server: string = letsEncryptDirectory): string {
  const store = acmeStore(server);
  const host = hostOf(server);
  const putAway = (by: string) => `${traefikPaths.state}/acme-${by}.json`;
  const common = `
acme_host() { run_as traefik sed -n 's|^ *"uri": "https://\\([^/"]*\\)/.*|\\1|p' "$1" 2>/dev/null | sed 's/:443$//; q'; }
acme_move() {
  systemctl stop traefik 2>/dev/null || true
  run_as traefik mv -T --backup=numbered "$1" "$2"
  changed=1
}`;
  if (store !== first) {
    return `${common}
for acme_file in ${shellCommand(putAway(host), first)}; do
  if [ ! -e ${shellQuote(store)} ] && [ "$(acme_host "$acme_file")" = ${shellQuote(host)} ]; then
    acme_move "$acme_file" ${shellQuote(store)}
  fi
done`.trim();
  }
  return `${common}
acme_staging() {
  run_as traefik sed -n 's/^ *"certificate": "\\(.*\\)".*/\\1/p' ${first} 2>/dev/null | while IFS= read -r acme_pem; do
    printf '%s' "$acme_pem" | base64 -d | sed -n '/^---.*END/q; /^---/!p' | base64 -d | grep -aqF '(STAGING)' &&
      echo yes || true
  done
}
acme_owner=$(acme_host ${first})
if [ -n "$acme_owner" ] && { [ "$acme_owner" != ${host} ] || [ -n "$(acme_staging)" ]; }; then
  acme_move ${first} ${traefikPaths.state}/acme-"$acme_owner".json
fi`.trim();
}
