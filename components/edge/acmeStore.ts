import { createHash } from "node:crypto";
import { letsEncryptDirectory } from "./letsEncrypt.ts";
import { shellCommand, shellQuote } from "../host/quote.ts";
import { traefikPaths } from "./traefik/unit.ts";

/** Where every edge once kept its certificates, whatever the authority. Today it is Let's Encrypt's production alone. */
const first = `${traefikPaths.state}/acme.json`;

/**
 * The file in which Traefik keeps the account and the certificates of one ACME server, given by its directory URL.
 *
 * Traefik does not record who issued a certificate, and asks for no other until it runs out: with one file for all
 * servers, those of a staging server would be served on after a change to production. Each server has a file of its
 * own instead. A file that is not in use stays, with its keys, so that a change back asks for nothing.
 */
export function acmeStore(server: string = letsEncryptDirectory): string {
  if (server === letsEncryptDirectory) return first;
  const digest = createHash("sha256").update(server).digest("hex").slice(0, 8);
  return `${traefikPaths.state}/acme-${hostOf(server)}-${digest}.json`;
}

/** Host and port, as they stand in a URL without the default port. */
function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).host : "";
}

/**
 * Shell text: what earlier versions have left in one file for all servers lies where its own server's is looked for.
 * `changed` becomes 1 where something was moved: Traefik is stopped then, as it would write its file again.
 *
 * The URL of the account in a file names the server that has issued what is in it. That does not hold for one case: a
 * version with one file for all servers may have made a production account beside certificates of staging. Those
 * name their issuer. Such a file is put away as a whole.
 *
 * The directory is Traefik's own, who may put a link or a FIFO in a file's place: only with its rights, and for half a
 * minute, is anything done there.
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
