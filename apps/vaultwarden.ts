import type { AppDefinition, AppProblem, JudgedApp } from "./definition.ts";
import { drawnOnce, secretManifest, showSecret } from "./drawnSecret.ts";
import { memory } from "./memory.ts";
import { valueAt } from "./values.ts";
import { openSignup, signupIsOpen } from "./vaultwardenSignup.ts";

const admin = { secret: "vaultwarden-admin", key: "ADMIN_TOKEN" } as const;

/**
 * Vaultwarden, passwords for the Bitwarden apps: https://github.com/dani-garcia/vaultwarden
 *
 * Sign-up is disabled. Users are invited on the page `/admin`, with a token that the release generates.
 *
 * Values: https://github.com/guerzon/vaultwarden/blob/main/charts/vaultwarden/values.yaml
 */
export const vaultwarden: AppDefinition = {
  proxyPort: 8082,
  service: { name: "vaultwarden", port: 80 },
  chart: { name: "vaultwarden", repository: "https://guerzon.github.io/vaultwarden", version: "0.43.1" },
  values: ({ url, internet, cdn, timeZone }) => ({
    image: { tag: "1.37.4-alpine" },
    domain: url,
    timeZone,
    signupsAllowed: false,
    ...visitorHeader(internet, cdn),
    // From the chart's example.
    resources: memory("256Mi", "1Gi"),
    // The chart's 1 s is too short for a busy node.
    livenessProbe: { timeoutSeconds: 5 },
    readinessProbe: { timeoutSeconds: 5 },
    adminToken: { existingSecret: admin.secret },
    extraObjects: [secretManifest(admin.secret, { [admin.key]: drawnOnce(admin.secret, admin.key, 48) })],
    storage: {
      // Removing the app must not remove the passwords.
      data: { name: "vaultwarden-data", size: "5Gi", accessMode: "ReadWriteOnce", keepPvc: true },
    },
  }),
  healthPath: "/alive",
  login: true,
  uploads: true,
  firstVisitorIsAdmin: false,
  problems,
  notices: ({ internet, release }) => [
    internet ? onTheInternet : onTheTailnet,
    ...(release && signupIsOpen(release) ? [signupsAreOpen] : []),
  ],
  nextSteps: ({ namespace, internet, url, release }) => [
    ...(release && valueAt(release.values, ["adminToken", "existingSecret"]) === admin.secret
      ? [
          `Invite your users at ${internet ? `${url}/admin` : "its page /admin"}. The token: ${showSecret(namespace, admin.secret, admin.key)}`,
        ]
      : []),
    ...(internet ? [pointBitwardenAt(url)] : []),
  ],
};

/** On the internet it requires HTTPS and invited users. */
function problems({ internet, hsts, release }: JudgedApp): AppProblem[] {
  if (!internet) return [];
  const signup = release && openSignup(release);
  return [
    ...(signup === undefined ? [] : [{ option: "values" as const, message: signup }]),
    ...(hsts ? [] : [{ option: "hsts" as const, message: plainHttp }]),
  ];
}

const plainHttp = "a password manager on the internet must be HTTPS-only in browsers. Remove `hsts: false`.";

/**
 * The header with the visitor's address, by which failed logins are counted. Vaultwarden reads the first address in it,
 * so a header to which a CDN appends cannot be used. The chart's default `X-Real-IP` is correct behind the edge. In the
 * tailnet no proxy sets it, and a client could forge it. See
 * https://github.com/dani-garcia/vaultwarden/wiki/Proxy-examples
 */
function visitorHeader(internet: boolean, cdn: boolean): { ipHeader?: string } {
  if (cdn) return { ipHeader: "CF-Connecting-IP" };
  return internet ? {} : { ipHeader: "none" };
}

const onTheInternet =
  "All your passwords are behind this one login, and the whole internet can now try it. Use a long master " +
  "password and two-step login for every user, or remove `internet: true`.";

const onTheTailnet =
  "The tailnet reaches it over plain HTTP, but Bitwarden's web vault and apps need HTTPS. Serve it with a " +
  "tailnet certificate (https://tailscale.com/kb/1153/enabling-https), or set `internet: true`.";

const signupsAreOpen =
  "Anybody who reaches it can open an account. Remove `signupsAllowed` and `signupDomains` from the " +
  "values, and invite users through the page /admin instead.";

function pointBitwardenAt(url: string): string {
  return (
    `In each Bitwarden app and browser extension choose "Self-hosted" at login and enter ${url} as the ` +
    "server URL."
  );
}
