import { putFile } from "../../host/files.ts";
import { generatedHeader } from "../../host/signature.ts";
import { shellQuote } from "../../host/quote.ts";
import { sandbox } from "../../host/sandbox.ts";
import { putUnit, renderUnit } from "../../host/systemdUnit.ts";
import { traefikDirectory, traefikUnit } from "../../names.ts";
import { traefikPaths } from "./unit.ts";

const names = {
  script: `${traefikDirectory}/ask-again.sh`,
  service: "traefik-ask-again.service",
  timer: "traefik-ask-again.timer",
  /** No app's file has this name: apps' names begin with a letter or a digit. */
  mark: `${traefikPaths.routes}/_ask-again.yaml`,
} as const;

/** Let's Encrypt allows five failures an hour for one name: https://letsencrypt.org/docs/rate-limits/ */
const minutes = 15;

/**
 * The script that makes Traefik request missing certificates again.
 *
 * Traefik requests certificates when its configuration changes, and ignores a file with unchanged content. So the
 * script changes an unused middleware each time. It removes that file once no certificate is missing.
 *
 * @param store the file in which Traefik keeps its certificates
 */
function renderRetryScript(store: string): string {
  return `#!/bin/sh
# ${generatedHeader}
set -eu
# The file is in Traefik's own directory: follow no link, and do not wait for a FIFO.
certificates=$(timeout 10 dd if=${shellQuote(store)} iflag=nofollow,nonblock bs=1M count=16 status=none 2>/dev/null | tr -d '\\000') || true
missing=
for host in $(sed -n 's/^ *- main: "\\(.*\\)"$/\\1/p' ${traefikPaths.routes}/*.yaml 2>/dev/null); do
  case $certificates in
    *"\\"main\\": \\"$host\\""*) ;;
    *) missing="$missing $host" ;;
  esac
done
if [ -z "$missing" ]; then
  rm -f ${names.mark}
  exit 0
fi
echo "asking again for:$missing"
new=$(mktemp ${traefikPaths.routes}/.mynodeone.XXXXXXXXXX)
cat > "$new" <<END
http:
  middlewares:
    _ask-again: { headers: { customRequestHeaders: { X-Asked-Again: "$(date +%s)" } } }
END
chmod 0644 "$new"
mv -f "$new" ${names.mark}
`;
}

function renderService(): string {
  return renderUnit(generatedHeader, {
    Unit: { Description: "Makes Traefik request missing certificates again", After: traefikUnit },
    Service: {
      Type: "oneshot",
      ExecStart: `/bin/sh ${names.script}`,
      // Only Traefik's account may read its store.
      CapabilityBoundingSet: "CAP_DAC_READ_SEARCH",
      PrivateNetwork: true,
      RestrictAddressFamilies: "none",
      IPAddressDeny: "any",
      MemoryMax: "64M",
      ReadWritePaths: traefikPaths.routes,
      ...sandbox,
    },
  });
}

function renderTimer(): string {
  return renderUnit(generatedHeader, {
    Unit: { Description: "Periodically makes Traefik request missing certificates again" },
    Timer: { OnActiveSec: `${minutes}min`, OnUnitInactiveSec: `${minutes}min` },
    Install: { WantedBy: "timers.target" },
  });
}

/** Shell text that sets up periodic retries. */
export function setUpRetry(store: string): string {
  return [
    putFile(names.script, "0755", renderRetryScript(store)),
    putUnit(names.service, renderService()),
    putUnit(names.timer, renderTimer()),
    "systemctl daemon-reload",
    `systemctl enable --now --quiet ${names.timer}`,
  ].join("\n");
}

/** Its files in Traefik's configuration. */
export const retryFiles = [names.script, names.mark] as const;

/** Its systemd units. */
export const retryUnits = [names.timer, names.service] as const;
