import { removeFiles } from "../../host/files.ts";
import { shellCommand } from "../../host/quote.ts";
import { signature } from "../../host/signature.ts";
import { traefikPaths } from "./unit.ts";

/** There while the edge's Traefik is ours: written before anything of it, removed last. */
const mark = "/etc/mynodeone/traefik.ours";
const account = "traefik";
const unit = "traefik.service";
const directories = ["/etc/traefik", traefikPaths.state];

/**
 * Shell function: `foreign_traefik` prints what there is of a Traefik that this program did not install. An edge that
 * an earlier version set up has no mark yet, but the unit that it wrote.
 */
export const foreignTraefik = `
traefik_ours() { [ -e ${mark} ] || grep -qsF '${signature}' /etc/systemd/system/${unit}; }
foreign_traefik() {
  foreign_unit ${unit}
  if traefik_ours; then return 0; fi
  for stranger in ${[...directories, traefikPaths.binary].join(" ")}; do
    if [ -e "$stranger" ]; then printf '%s\\n' "$stranger"; fi
  done
  if getent passwd ${account} >/dev/null; then echo "the account ${account}"; fi
}`.trim();

/** What a message says of another Traefik's parts, after their list. */
export const foreignTraefikAdvice =
  "of a Traefik that this program did not install. It is neither changed nor overwritten: use another VPS, or move it away with its certificates";

/** Shell text: Traefik's files and account are ours from here on; the script ends if they are somebody else's. */
export function claimTraefik(): string {
  return `
${foreignTraefik}
strangers=$(foreign_traefik | paste -sd , | sed 's/,/, /g')
if [ -n "$strangers" ]; then fail "EdgeNode: there is $strangers ${foreignTraefikAdvice}"; fi
mkdir -p ${mark.replace(/\/[^/]*$/, "")}
: > ${mark}
getent passwd ${account} >/dev/null ||
  useradd --system --user-group --no-create-home --home-dir ${traefikPaths.state} --shell /usr/sbin/nologin ${account}`.trim();
}

/**
 * Shell text: of Traefik's directories and account, what is ours is gone. Files of others that lie there stay, with
 * their directories, and are named. In the state, ours are those that Traefik's own account has written.
 *
 * @param files of ours in the configuration
 */
export function disownTraefik(files: readonly string[]): string {
  return `
${removeFiles(...files)}
rm -f ${traefikPaths.routes}/.mynodeone.?????????? /etc/traefik/.mynodeone.??????????
if getent passwd ${account} >/dev/null; then
  if [ -d ${traefikPaths.state} ]; then find ${traefikPaths.state} -type f -user ${account} -delete; fi
  userdel ${account}
fi
for directory in ${directories.join(" ")}; do
  if ! [ -d "$directory" ]; then continue; fi
  find "$directory" -depth -type d -empty -delete
  left=$(find "$directory" ! -type d 2>/dev/null | head -n 5 | paste -sd ' ')
  if [ -n "$left" ]; then warn "$0: $directory stays, since it holds files of others: $left"; fi
done
${shellCommand("rm", "-f", mark)}`.trim();
}
