import { ufwOnly } from "../remote/files.ts";

const stateDirectory = "/etc/mynodeone";

/**
 * Shell text: UFW runs with these rules. The rules come first, so that enabling cuts no session
 * that is to go on, and whether UFW ran before is written down once, for the way back.
 */
export function enableFirewall(comment: string, rules: string[]): string {
  return `
need ufw=ufw
mkdir -p ${stateDirectory}
if ! [ -e ${stateDirectory}/ufw-before ]; then
  put ${stateDirectory}/ufw-before 0644 "$(ufw status | sed -n 's/^Status: //p')"
fi
${ufwOnly(comment, rules)}
ufw --force enable </dev/null`.trim();
}

/** Shell text: our rules are gone, and UFW is off where it was off before. */
export function restoreFirewall(comment: string): string {
  return `
if command -v ufw >/dev/null; then
  if [ "$(cat ${stateDirectory}/ufw-before 2>/dev/null)" = inactive ]; then ufw --force disable; fi
  ${ufwOnly(comment)}
fi
rm -f ${stateDirectory}/ufw-before
rmdir ${stateDirectory} 2>/dev/null || true`.trim();
}
