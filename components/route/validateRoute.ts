import { basename } from "node:path/posix";
import { runDirectory } from "../names.ts";
import { shellCommand, shellQuote } from "../host/quote.ts";
import { transientProperties } from "../host/systemdUnit.ts";
import { certResolver } from "../edge/traefik/static.ts";
import { traefikPaths, traefikSandbox } from "../edge/traefik/unit.ts";

/** Timeout for a second Traefik's verdict; a small VPS takes about one second. */
const seconds = 30;

const unit = "mynodeone-route-trial.service";

/**
 * Shell text that fails, and leaves the edge unchanged, unless Traefik would accept the route.
 *
 * Traefik reads its whole directory at each change, and one unusable file keeps it from loading any: every app would
 * answer 404 after its next start. It has no command to check a file. So a second Traefik reads a copy of the directory
 * with the new file, on a free port of the loopback address and without certificates. It reports the missing
 * certificate resolver as its last message about a route, after everything else of it was built.
 *
 * It runs in the first one's sandbox, without its network and state. The copies are mounted in place of the real files:
 * what root writes and reads is where Traefik's user can neither write nor read.
 *
 * @param app the router's name
 * @param file path of the route's file
 * @param content a shell word: its text, without the last newline
 * @param onRefusal shell text that removes what was created for the route
 */
export function validateRoute(app: string, file: string, content: string, onRefusal: string): string {
  const name = basename(file);
  const refused =
    `VpsRoute "${app}": option \`middlewares\`: Traefik refuses it, so nothing was changed. Correct it: see ` +
    "https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/overview/; Traefik says:";
  const silent =
    `VpsRoute "${app}": Traefik did not report within ${seconds} s whether it can use the route's middlewares, so nothing ` +
    "was changed. Its output is above. Run again once the edge is less busy.";
  // In JSON, as in the log. An app's name contains nothing that either would escape.
  const router = `"routerName":"${app}@file"`;
  const sandbox = shellCommand(
    ...transientProperties({
      ...traefikSandbox,
      PrivateNetwork: true,
      RuntimeMaxSec: seconds,
    }),
  );
  return `
if [ "$(cat ${shellQuote(file)} 2>/dev/null || true)" != ${content} ]; then
  trial=$(mktemp -d ${runDirectory}/trial.XXXXXXXXXX)
  trial_end() { systemctl stop ${unit} 2>/dev/null || true; }
  trap 'trial_end; rm -rf "$trial"' EXIT
  trial_end
  mkdir "$trial/routes"
  cp ${traefikPaths.routes}/*.yaml "$trial/routes" 2>/dev/null || true
  printf '%s\\n' ${content} > "$trial/routes/"${shellQuote(name)}
  printf '%s\\n' 'global: { checkNewVersion: false, sendAnonymousUsage: false }' \\
    'log: { level: ERROR, format: json }' \\
    'entryPoints: { web: { address: "127.0.0.1:0" }, websecure: { address: "127.0.0.1:0" } }' \\
    'providers: { file: { directory: ${traefikPaths.routes}, watch: false } }' > "$trial/traefik.yaml"
  systemd-run --quiet --collect --pipe --unit=${unit} ${sandbox} \\
    --property=BindReadOnlyPaths="$trial/routes:${traefikPaths.routes} $trial/traefik.yaml:${traefikPaths.config}" \\
    ${traefikPaths.binary} --configFile=${traefikPaths.config} </dev/null >"$trial/log" 2>&1 &
  trial_says() { grep -F ${shellQuote(router)} "$trial/log" | grep "$@" -F '"certificateResolver":"${certResolver}"'; }
  trial_refused() { trial_says -v || grep -F "/"${shellQuote(name)}": " "$trial/log"; }
  trial_over() { trial_says >/dev/null || trial_refused >/dev/null; }
  within ${seconds} trial_over || trial_silent=1
  trial_end
  wait
  trial_reason=$(trial_refused | head -n 1 | sed 's/.*"error":"//; s/","[a-zA-Z]*":.*//; s/^.*\\.yaml: //') || true
  if [ -n "$trial_reason" ]; then
    ${onRefusal}
    fail ${shellQuote(refused)} "$trial_reason"
  elif [ -n "\${trial_silent:-}" ]; then
    ${onRefusal}
    head -c 4000 "$trial/log" >&2
    fail ${shellQuote(silent)}
  fi
  rm -rf "$trial"
fi
`.trim();
}
