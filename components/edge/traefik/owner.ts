import { removeFiles } from "../../host/files.ts";
import { shellCommand } from "../../host/quote.ts";
import { signature } from "../../host/signature.ts";
import { unitPath } from "../../host/systemdUnit.ts";
import { hostDirectory, traefikDirectory, traefikUnit } from "../../names.ts";
import { traefikPaths } from "./unit.ts";

/** Marks the edge's Traefik as ours. Written before anything else of it, and removed last. */
const mark = `${hostDirectory}/traefik.ours`;
const account = "traefik";
const directories = [traefikDirectory, traefikPaths.state];

/**
 * Shell function `foreign_traefik`: prints the parts of a Traefik that this program did not install. An edge of a
 * former version has no mark yet, but the unit that this program wrote.
 */
export const foreignTraefik = `
traefik_ours() { [ -e ${mark} ] || grep -qsF '${signature}' ${unitPath(traefikUnit)}; }
foreign_traefik() {
  foreign_unit ${traefikUnit}
  if traefik_ours; then return 0; fi
  for stranger in ${[...directories, traefikPaths.binary].join(" ")}; do
    if [ -e "$stranger" ]; then printf '%s\\n' "$stranger"; fi
  done
  if getent passwd ${account} >/dev/null; then echo "the account ${account}"; fi
}`.trim();

/** Advice that follows the list of another Traefik's parts in a message. */
export const foreignTraefikAdvice =
  "of a Traefik that this program did not install. It is neither changed nor overwritten: use another VPS, or move that Traefik away with its certificates";

/** Shell text that claims Traefik's files and account as ours, or fails if they belong to another installation. */
export function claimTraefik(): string {
  return `
${foreignTraefik}
strangers=$(foreign_traefik | paste -sd , | sed 's/,/, /g')
if [ -n "$strangers" ]; then fail "EdgeNode: found $strangers ${foreignTraefikAdvice}"; fi
mkdir -p ${hostDirectory}
: > ${mark}
getent passwd ${account} >/dev/null ||
  useradd --system --user-group --no-create-home --home-dir ${traefikPaths.state} --shell /usr/sbin/nologin ${account}`.trim();
}

/**
 * Shell text that removes our files from Traefik's directories, and its account. Foreign files stay with their
 * directories, and are named. In the state directory, files that Traefik's account has written are ours.
 *
 * @param files our files in the configuration directory
 */
export function disownTraefik(files: readonly string[]): string {
  return `
${removeFiles(...files)}
rm -f ${traefikPaths.routes}/.mynodeone.?????????? ${traefikDirectory}/.mynodeone.??????????
if getent passwd ${account} >/dev/null; then
  if [ -d ${traefikPaths.state} ]; then find ${traefikPaths.state} -type f -user ${account} -delete; fi
  userdel ${account}
fi
for directory in ${directories.join(" ")}; do
  if ! [ -d "$directory" ]; then continue; fi
  find "$directory" -depth -type d -empty -delete
  left=$(find "$directory" ! -type d 2>/dev/null | head -n 5 | paste -sd ' ')
  if [ -n "$left" ]; then warn "$0: $directory stays, since it contains files that this program did not create: $left"; fi
done
${shellCommand("rm", "-f", mark)}`.trim();
}
