import isPlainObject from "is-plain-obj";
import { chartName } from "./chartName.ts";
import type { AppRelease } from "./definition.ts";

/** Whether this chart has its own sign-up option. It is recognised by name, whatever its source. */
function hasSignupOption(chart: string): boolean {
  return chartName(chart) === "vaultwarden";
}

/** Why a release allows open sign-up in Vaultwarden; `undefined` if it does not. */
export function openSignup(release: AppRelease): string | undefined {
  if (!signupIsOpen(release)) return undefined;
  return hasSignupOption(release.chart) ? openByOption : openByEnvironment;
}

const openByOption =
  "anybody who reaches it can open an account. Set `signupsAllowed: false` in its values, without `signupDomains`, " +
  "SIGNUPS_ALLOWED or SIGNUPS_DOMAINS_WHITELIST, and invite users through the page /admin; or keep it off the " +
  "internet while sign-up is open.";

const openByEnvironment =
  'anybody who reaches it can open an account. Set SIGNUPS_ALLOWED to "false" in its environment, without ' +
  "SIGNUPS_DOMAINS_WHITELIST, and invite users through the page /admin; or keep it off the internet while sign-up is " +
  "open.";

/**
 * Whether a release allows open sign-up. Vaultwarden's default is open, and it reads more words than `true` as yes, so
 * only `false` closes it. With a chart without the option, the environment may close it. See
 * https://github.com/dani-garcia/vaultwarden/wiki/Disable-registration-of-new-users
 */
export function signupIsOpen({ chart, values }: AppRelease): boolean {
  const named = namedIn(values);
  const allowed = named.filter(([name]) => name === "SIGNUPS_ALLOWED");
  const closedByEnvironment = !hasSignupOption(chart) && allowed.length > 0;
  const isClosed = values.signupsAllowed === false || closedByEnvironment;
  return (
    !isClosed ||
    Boolean(values.signupDomains) ||
    allowed.some(([, value]) => String(value) !== "false") ||
    named.some(([name, value]) => name === "SIGNUPS_DOMAINS_WHITELIST" && Boolean(value))
  );
}

/** All name-value pairs in a chart's values: charts write an environment as a map, or as a list of names and values. */
function namedIn(value: unknown): [name: unknown, value: unknown][] {
  if (Array.isArray(value)) return value.flatMap(namedIn);
  if (!isPlainObject(value)) return [];
  const entries = Object.entries(value);
  return [
    [value.key ?? value.name, value.value],
    ...entries,
    ...entries.flatMap(([, inner]) => namedIn(inner)),
  ];
}
