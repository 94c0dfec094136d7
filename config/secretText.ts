/** Secrets that show by their own form, with their article. */
const forms: readonly [pattern: RegExp, kind: string][] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/, "a private key"],
  [/\bPuTTY-User-Key-File-\d/, "a private key"],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]{20}/, "a private key"],
  // https://tailscale.com/kb/1277/key-prefixes
  [/\btskey-(api|auth|client|scim|webhook)-\w{6}/, "a key of Tailscale"],
  // https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
  [/\b(gh[pousr]_\w{30}|github_pat_\w{30})/, "a token of GitHub"],
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  [/\bglpat-[\w-]{20}/, "a token of GitLab"],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  [/\bA(KIA|SIA)[A-Z2-7]{16}\b/, "an access key of AWS"],
  // https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/
  [/\bcf(ut|at|k)_\w{30}/, "a token of Cloudflare"],
];

/** What kind of secret the text looks like, if any: only what can hardly be anything else. */
export function looksSecret(text: string): string | undefined {
  return forms.find(([pattern]) => pattern.test(text))?.[1];
}
