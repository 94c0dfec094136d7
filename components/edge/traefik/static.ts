import { edgeLimits } from "../limits.ts";
import type { EdgeLimits } from "../limits.ts";
import { acmeStore } from "../acmeStore.ts";
import { commonMiddlewares } from "./common.ts";
import { traefikPaths } from "./unit.ts";
import { traefikYaml } from "./yaml.ts";

/** How the certificate authority validates a name. */
export type AcmeChallenge = "http-01" | "dns-01";

/** Inputs of Traefik's certificates. */
export interface AcmeOptions {
  /** Contact address of the account at its registration. */
  email: string;
  /** The authority's directory URL. @default Let's Encrypt's production directory */
  server?: string;
  /** Whether the authority's HTTPS server is verified with the CA certificate on the edge. */
  ownCa: boolean;
  /** How names are validated. */
  challenge: AcmeChallenge;
}

/** Inputs of an edge's static configuration. */
export interface TraefikOptions extends AcmeOptions {
  /** Networks whose `X-Forwarded-*` headers are trusted; those of any other are removed. @default none */
  trustedProxies?: string[];
  /** Resource limits of one client. @default see `EdgeLimits` */
  limits?: EdgeLimits;
}

/** The resolver's name in routes that need a certificate. */
export const certResolver = "le";

/**
 * Allowed, since names of files and branches contain them, and Traefik's default differs between releases. Routes match
 * the host only, so no spelling of a path bypasses anything here.
 *
 * @see https://doc.traefik.io/traefik/security/request-path/
 */
const encodedCharacters = {
  allowEncodedSlash: true,
  allowEncodedBackSlash: true,
  allowEncodedSemicolon: true,
  allowEncodedPercent: true,
  allowEncodedQuestionMark: true,
  allowEncodedHash: true,
};

/**
 * An app in PHP or Python reads `X_Auth_User` as `X-Auth-User`, and a filter for the latter does not match it.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/
 */
const aliasHeadersStrategy = "delete";

/**
 * By default Traefik ignores changes for two seconds after it has applied one. If the certificates of two new routes
 * exist already, the second route would answer 404 for that time after the run.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/providers/others/file/
 */
const providersThrottleDuration = "100ms";

/**
 * Traefik's static configuration.
 *
 * - `web` answers the ACME challenge (Traefik's own route for it comes first); each app's route redirects its hosts.
 * - `readTimeout` covers a whole request with its body. The default of 60 s, which port 80 keeps, would cut off every
 *   longer upload. Traefik has no separate deadline for a ClientHello or headers: see `renderTraefikFirewall`.
 * - No API, no dashboard, no telemetry. No query strings in the log, as they contain the keys of shared links.
 * - Headers that only a proxy should set are removed before the middlewares of any route, ours or another's.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/
 */
export function renderTraefikStatic({ trustedProxies = [], limits, ...acme }: TraefikOptions): string {
  const { requestHours, streams } = edgeLimits(limits);
  const challenge =
    acme.challenge === "dns-01"
      ? { dnsChallenge: { provider: "cloudflare" } }
      : { httpChallenge: { entryPoint: "web" } };
  return traefikYaml({
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: "INFO" },
    accessLog: { format: "json", fields: { queryParameters: { defaultMode: "drop" } } },
    entryPoints: {
      web: { address: ":80", http: { aliasHeadersStrategy } },
      websecure: {
        address: ":443",
        transport: { respondingTimeouts: { readTimeout: `${requestHours}h`, idleTimeout: "3m" } },
        http2: { maxConcurrentStreams: streams },
        http: {
          encodedCharacters,
          aliasHeadersStrategy,
          middlewares: [`${commonMiddlewares.claimedHeaders}@file`],
        },
        ...(trustedProxies.length > 0 ? { forwardedHeaders: { trustedIPs: trustedProxies } } : {}),
      },
    },
    providers: { providersThrottleDuration, file: { directory: traefikPaths.routes, watch: true } },
    certificatesResolvers: {
      [certResolver]: {
        acme: {
          email: acme.email,
          storage: acmeStore(acme.server),
          ...(acme.server === undefined ? {} : { caServer: acme.server }),
          ...(acme.ownCa ? { caCertificates: [traefikPaths.caCertificate] } : {}),
          ...challenge,
        },
      },
    },
  });
}
