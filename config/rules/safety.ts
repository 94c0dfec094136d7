/*
 * The safety rules: who may come to an app, and what has to be true of it then. The checks of the config judge by
 * them before anything is made, and the policy pack judges what the program is about to make.
 */

/** What the rules judge: plain facts of one app, which its component registers. */
export interface SafetyFacts {
  /** Whether the whole internet may reach it. */
  internet: boolean;
  /** Whether browsers are told to refuse plain HTTP. */
  hsts: boolean;
  /** Whether it has a login of its own. */
  login: boolean;
  /** Whether the edge lets nobody through without a login. */
  edgeLogin: boolean;
  /** Whether its first visitor would become administrator. */
  seatIsFree: boolean;
  /** Whether people upload more than 100 MB to it at once. */
  uploads: boolean;
  /** Whether its records are proxied by Cloudflare. */
  cdn: boolean;
}

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
  /** What is wrong and what to do. */
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
      "stays off the internet, because its first visitor becomes administrator. Create your account over the " +
      "tailnet, then add `adminClaimed: true`.",
    holds: ({ internet, seatIsFree }) => !internet || !seatIsFree,
  },
  "uploads-not-through-cdn": {
    description: "An app that takes large uploads is not proxied by Cloudflare.",
    mandatory: false,
    message:
      "uploads of more than 100 MB fail with `cdn: true`: Cloudflare's free plan accepts no larger requests. " +
      "Remove `cdn: true`, or upload large files over the tailnet.",
    holds: ({ internet, uploads, cdn }) => !internet || !uploads || !cdn,
  },
} as const satisfies Record<string, SafetyRule>;
