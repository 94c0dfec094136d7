import type { Settings } from "../settings.ts";

/**
 * Notices before anything is changed: each a line that names its subject.
 *
 * @param ownKeys the keys below `mynodeone:` in the config, secrets included
 */
export function noticesOf({ platform, apps }: Settings, ownKeys: readonly string[]): string[] {
  const { challenge } = platform.acme;
  const hasToken = ownKeys.includes("acmeDnsToken");
  return [
    ...(challenge === "dns-01" && !hasToken ? [widelyUsedToken] : []),
    ...(challenge === "http-01" && hasToken ? [unusedToken] : []),
    ...(platform.edges.length > 1 && platform.acme.challenge === "http-01" ? [severalEdges] : []),
    ...apps.flatMap(({ name, notices }) => notices.map((notice) => `${name}: ${notice}`)),
  ];
}

const severalEdges =
  "mynodeone:acme: with several edges, `challenge: http-01` can fail, since the authority may ask an edge that did not " +
  "request the certificate. Set `challenge: dns-01`.";

const widelyUsedToken =
  "mynodeone:acme: with `challenge: dns-01`, every VPS holds cloudflare:apiToken, which can edit all records of the " +
  "domain. Set mynodeone:acmeDnsToken, see docs/options.md.";

const unusedToken =
  "mynodeone:acmeDnsToken: has no effect with `challenge: http-01`. Remove it, or set `challenge: dns-01`.";
