import { putFile } from "../../host/files.ts";
import { generatedHeader } from "../../host/signature.ts";
import { shellQuote } from "../../host/quote.ts";
import { sandbox } from "../../host/sandbox.ts";
import { putUnit, renderUnit } from "../../host/systemdUnit.ts";
import { traefikPaths } from "./unit.ts";

const names = {
  script: "/etc/traefik/ask-again.sh",
  service: "traefik-ask-again.service",
  timer: "traefik-ask-again.timer",
  /** No app's: their names begin with a letter or a digit. */
  mark: `${traefikPaths.routes}/_ask-again.yaml`,
} as const;

/** Let's Encrypt gives five failures an hour for one name: https://letsencrypt.org/docs/rate-limits/ */
const minutes = 15;

/**
 * The script that has Traefik ask again for certificates that it lacks.
 *
 * Traefik asks when its configuration changes, and takes up no file that says what it said before. So a middleware
 * that nobody uses says something else each time. It goes once nothing is missing.
 *
 * @param store the file that Traefik keeps its certificates in
 */
export function renderRetryScript(store: string): string {
  return `#!/bin/sh
# ${generatedHeader}
set -eu
# Of a file in Traefik's own directory: neither a link is followed nor a FIFO waited for.
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
    Unit: { Description: "Traefik asks again for certificates that it lacks", After: "traefik.service" },
    Service: {
      Type: "oneshot",
      ExecStart: `/bin/sh ${names.script}`,
      // Traefik alone may look into its store.
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
    Unit: { Description: "Now and then, Traefik asks again for certificates that it lacks" },
    Timer: { OnActiveSec: `${minutes}min`, OnUnitInactiveSec: `${minutes}min` },
    Install: { WantedBy: "timers.target" },
  });
}

/** Shell text: from time to time Traefik asks again. */
export function setUpRetry(store: string): string {
  return [
    putFile(names.script, "0755", renderRetryScript(store)),
    putUnit(names.service, renderService()),
    putUnit(names.timer, renderTimer()),
    "systemctl daemon-reload",
    `systemctl enable --now --quiet ${names.timer}`,
  ].join("\n");
}

/** Its files beside Traefik's own. */
export const retryFiles = [names.script, names.mark] as const;

/** What systemd runs for it. */
export const retryUnits = [names.timer, names.service] as const;
