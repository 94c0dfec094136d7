import { edgeLimits } from "../limits.ts";
import type { EdgeLimits } from "../limits.ts";
import { acmeStore } from "../acmeStore.ts";
import { commonMiddlewares } from "./common.ts";
import { traefikPaths } from "./unit.ts";
import { traefikYaml } from "./yaml.ts";

/** Which challenge proves to the certificate authority that a name is ours. */
export type AcmeChallenge = "http-01" | "dns-01";

/** What Traefik's certificates depend on. */
export interface AcmeOptions {
  /** Contact address that the account is registered with. */
  email: string;
  /** The authority's directory URL; Let's Encrypt's production one when left out. */
  server?: string;
  /** Whether the authority's own HTTPS server needs the CA certificate on the edge to be trusted. */
  ownCa: boolean;
  /** How names are proved. */
  challenge: AcmeChallenge;
}

/** What an edge's static configuration depends on. */
export interface TraefikOptions extends AcmeOptions {
  /** Networks whose `X-Forwarded-*` headers are believed. From all others they are removed. @default none */
  trustedProxies?: string[];
  /** What one client may take. @default see `EdgeLimits` */
  limits?: EdgeLimits;
}

/** The name by which routes ask for a certificate. */
export const certResolver = "le";

/**
 * Names of files and branches have these in them, and which of them Traefik lets pass has changed between its releases.
 * Routes go by host alone, so no spelling of a path gets around anything here.
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
 * `X_Auth_User` is `X-Auth-User` to an app in PHP or Python, and passes whoever looks at the latter alone.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/
 */
const aliasHeadersStrategy = "delete";

/**
 * By default Traefik looks at no other change for two seconds after it has taken one up. The second of two routes whose
 * certificates are there already would answer 404 for so long, after the run that has made them.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/providers/others/file/
 */
const providersThrottleDuration = "100ms";

/**
 * Traefik's static configuration.
 *
 * - `web` answers the ACME challenge (Traefik's own route for it comes first); each app's route redirects its hosts.
 * - `readTimeout` is for a whole request with its body: the default of 60 s, which port 80 keeps, would cut every longer
 *   upload. Traefik has no other deadline for a ClientHello or for headers: see `renderTraefikFirewall`.
 * - No API, no dashboard, no telemetry; no query strings in the log, as they hold the keys of shared links.
 * - Headers that are a proxy's to write are taken out before the middlewares of any route, ours or another's.
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
