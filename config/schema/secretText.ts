/** Secrets recognisable by their format, with their article. */
const forms: readonly [pattern: RegExp, kind: string][] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/, "a private key"],
  [/\bPuTTY-User-Key-File-\d/, "a private key"],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]{20}/, "a private key"],
  // https://tailscale.com/kb/1277/key-prefixes
  [/\btskey-(api|auth|client|scim|webhook)-\w{6}/, "a Tailscale key"],
  // https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
  [/\b(gh[pousr]_\w{30}|github_pat_\w{30})/, "a GitHub token"],
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  [/\bglpat-[\w-]{20}/, "a GitLab token"],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  [/\bA(KIA|SIA)[A-Z2-7]{16}\b/, "an AWS access key"],
  // https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/
  [/\bcf(ut|at|k)_\w{30}/, "a Cloudflare token"],
  // https://docs.slack.dev/authentication/tokens, https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  [/\bxox[a-z]-[\w-]{10}|\bxapp-\d-\w{8}/, "a Slack token"],
  [/\bhooks\.slack\.com\/services\/T\w+\/B\w+\/\w{8}/, "a Slack webhook"],
  // https://discord.com/developers/docs/resources/webhook
  [/\bdiscord(app)?\.com\/api\/webhooks\/\d+\/[\w-]{20}/, "a Discord webhook"],
  // https://core.telegram.org/bots/api#authorizing-your-bot
  [/\b\d{8,10}:AA[\w-]{33}\b/, "a Telegram token"],
  // https://docs.stripe.com/keys#obtain-api-keys
  [/\b(sk|rk)_(live|test)_\w{16}|\bwhsec_\w{20}/, "a Stripe key"],
  [/\bAIza[\w-]{35}/, "a Google key"],
  [/\bnpm_\w{36}/, "an npm token"],
  [/\bdckr_pat_[\w-]{20}/, "a Docker token"],
  [/\bhv[sbr]\.[\w-]{20}/, "a Vault token"],
  [/\bSG\.[\w-]{16,}\.[\w-]{16}/, "a SendGrid key"],
  [/\bsk-(proj-|ant-|svcacct-)?[\w-]{32}/, "an AI service's key"],
  // A header and a payload in JSON, signed: https://www.rfc-editor.org/rfc/rfc7519#section-3.1
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16}/, "a JSON Web Token"],
  // https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1; a template or variable in its place is no secret.
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*:[^\s/?#@${}<>]+@[\w[]/i, "a URL with a password"],
];

/** The kind of secret that the text looks like, if any. Matches only what can hardly be anything else. */
export function looksSecret(text: string): string | undefined {
  return forms.find(([pattern]) => pattern.test(text))?.[1];
}
