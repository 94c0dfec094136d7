import isPlainObject from "is-plain-obj";
import { chartName } from "./chartName.ts";

/** Whether a chart installs Vaultwarden: by the chart's name, wherever it comes from, or by the app's in the catalogue. */
export function isVaultwarden(app: string | undefined, chart: string): boolean {
  return app === "vaultwarden" || chartName(chart) === "vaultwarden";
}

/** Refused of Vaultwarden on the internet. */
export const openSignup =
  "whoever reaches it can open an account. Set `signupsAllowed: false` in its values, without `signupDomains`, " +
  "SIGNUPS_ALLOWED or SIGNUPS_DOMAINS_WHITELIST, and invite users through the page /admin; or keep it off the " +
  "internet while sign-up is open.";

/**
 * Whether a chart's values let anybody open an account in Vaultwarden. Its chart has sign-up open by default, and
 * Vaultwarden takes more words than `true` for yes: nothing but `false` closes it.
 * See https://github.com/dani-garcia/vaultwarden/wiki/Disable-registration-of-new-users
 */
export function signupIsOpen(values: Record<string, unknown>): boolean {
  if (values.signupsAllowed !== false || Boolean(values.signupDomains)) return true;
  return namedIn(values).some(
    ([name, value]) =>
      (name === "SIGNUPS_ALLOWED" && String(value) !== "false") ||
      (name === "SIGNUPS_DOMAINS_WHITELIST" && Boolean(value)),
  );
}

/** All that has a name in a chart's values: charts write an environment as a map, or as a list of names and values. */
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
