import type { SafetyFacts } from "../../components/route/safetyFacts.ts";

/*
 * The safety rules: who may reach an app, and what this requires. The config's checks apply them before anything is
 * created, and the policy pack applies them to what the program is about to create.
 */

export type { SafetyFacts };

/** Their names, to check that none is missing. */
export const safetyFacts = [
  "internet",
  "hsts",
  "login",
  "edgeLogin",
  "seatIsFree",
  "uploads",
  "cdn",
] as const satisfies readonly (keyof SafetyFacts)[];

export interface SafetyRule {
  /** A sentence for the list of rules. */
  description: string;
  /** Whether a violation is an error rather than a warning. */
  mandatory: boolean;
  /** What is wrong and how to fix it. */
  message: string;
  holds(facts: SafetyFacts): boolean;
}

export const safetyRules = {
  "public-app-has-a-login": {
    description: "An app without a login of its own is on the internet only behind a login at the edge.",
    mandatory: true,
    message:
      "the app has no login of its own, so anybody could use it. Add `basicAuth: true` or a middleware of type basicAuth, " +
      "digestAuth, or forwardAuth to a host of your domain, or remove `internet: true`.",
    holds: ({ internet, login, edgeLogin }) => !internet || login || edgeLogin,
  },
  "public-app-has-an-administrator": {
    description:
      "An app whose first visitor becomes administrator is on the internet only once it has an administrator.",
    mandatory: true,
    message:
      "stays off the internet until it has an administrator, because its first visitor becomes one. Create " +
      "your account over the tailnet, then set `adminClaimed: true`.",
    holds: ({ internet, seatIsFree }) => !internet || !seatIsFree,
  },
  "uploads-not-through-cdn": {
    description: "An app that accepts large uploads is not proxied by Cloudflare.",
    mandatory: false,
    message:
      "`cdn: true` limits uploads: Cloudflare's free plan accepts at most 100 MB per request, so larger " +
      "files fail. Remove it, or upload large files over the tailnet.",
    holds: ({ internet, uploads, cdn }) => !internet || !uploads || !cdn,
  },
} as const satisfies Record<string, SafetyRule>;
