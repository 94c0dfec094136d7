import { z } from "zod";

/** Keys that the program reads separately, since secrets must not pass through plain settings. */
export const secrets = {
  sshPrivateKey: z.string().meta({
    description:
      "The private key that logs in to all hosts, in OpenSSH or PEM format. Not needed if each host has one of its " +
      "own.",
  }),
  sshPrivateKeys: z
    .record(z.string(), z.string())
    .optional()
    .meta({
      description:
        "A private key for each host that has one of its own, by the host's name: `pulumi config set " +
        "--secret --path mynodeone:sshPrivateKeys.HOST < FILE`. A leaked key then gives access to one " +
        "host only.",
      fallback: "`sshPrivateKey` for all hosts",
    }),
  kubeconfig: z.string().optional().meta({
    description: "A kubeconfig for the cluster.",
    fallback: "the current context of your own kubeconfig",
  }),
  acmeDnsToken: z
    .string()
    .optional()
    .meta({
      description:
        "With `challenge: dns-01`, the Cloudflare token that is stored on every VPS. Preferably a token " +
        "for a separate zone, to which `_acme-challenge.…` of each host name is a CNAME; it needs Zone: " +
        "Read and DNS: Edit for that zone only.",
      fallback: "`cloudflare:apiToken`, with which an attacker on a VPS can edit all records of the domain",
      see: "https://letsencrypt.org/2019/10/09/onboarding-your-customers-with-lets-encrypt-and-acme.html#the-advantages-of-a-cname",
    }),
  basicAuthUsers: z
    .string()
    .optional()
    .meta({
      description:
        "Accepted users of the apps with `basicAuth: true`: one line `user:hash` per user, as " +
        "`htpasswd -nBC 10 USER` prints it.",
      fallback: "nobody; required by an app with `basicAuth: true`",
      see: "https://httpd.apache.org/docs/current/programs/htpasswd.html",
    }),
} as const;

export const secretKeys: readonly string[] = Object.keys(secrets);

/** Keys that the providers read themselves, which must be encrypted too. */
export const providerSecrets: readonly string[] = [
  "cloudflare:apiKey",
  "cloudflare:apiToken",
  "cloudflare:apiUserServiceKey",
  "kubernetes:kubeconfig",
  "tailscale:apiKey",
  "tailscale:identityToken",
  "tailscale:oauthClientSecret",
];
