import type { ConfigSource } from "../source.ts";
import { show } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";

/**
 * Provider options with the URL of the server that receives their token, and the equivalent environment variables. See
 * https://www.pulumi.com/registry/packages/cloudflare/installation-configuration/ and
 * https://www.pulumi.com/registry/packages/tailscale/installation-configuration/
 */
export const providerUrls: Readonly<Record<string, string>> = {
  "cloudflare:baseUrl": "CLOUDFLARE_BASE_URL",
  "tailscale:baseUrl": "TAILSCALE_BASE_URL",
};

/**
 * Each preview sends the tokens to these servers. So a config, which may come from a pull request, must not choose
 * them; the run's environment may. Plain HTTP is refused, since tokens must be encrypted in transit. Exceptions are
 * names that are reserved for tests and exist on no network (https://www.rfc-editor.org/rfc/rfc6761#section-6.2).
 */
export function checkProviderUrls(source: ConfigSource, reader: Reader): void {
  const written = Object.keys(source.encryption?.() ?? {});
  for (const [option, variable] of Object.entries(providerUrls)) {
    if (written.includes(option)) {
      const message =
        "would send this provider's token to a server other than the vendor's. Remove it; for a server of your own, set " +
        `${variable} in the environment of the run.`;
      reader.reportKey([option], message);
    }
    const url = source.environment?.[variable];
    if (url !== undefined && !isPrivate(url)) {
      const message = `${variable} is ${show(url)}: this provider's token would be sent unencrypted. Use https://.`;
      reader.report([option], message);
    }
  }
}

function isPrivate(url: string): boolean {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: "", hostname: "" };
  return protocol === "https:" || (protocol === "http:" && hostname.endsWith(".test"));
}
