import { generatedHeader } from "../../host/signature.ts";
import { claimedHeaders } from "../claimedHeaders.ts";
import { traefikPaths } from "./unit.ts";
import { traefikYaml } from "./yaml.ts";

/** The file of what all routes of an edge share. No app's has such a name: those begin with a letter. */
export const commonFile = `${traefikPaths.routes}/_edge.yaml`;

/** Middlewares in it. */
export const commonMiddlewares = {
  /** Takes the headers out that are a proxy's to write. */
  claimedHeaders: "_claimed-headers",
  /** Answers plain HTTP with the same URL in HTTPS. */
  toHttps: "_to-https",
} as const;

/** With forward secrecy and authenticated encryption: all that TLS 1.3 has, and what is left of TLS 1.2. */
const cipherSuites = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/**
 * The file's text. A client that names no host of a route, or none at all, as scanners do by address, gets no
 * certificate: one of ours would tell whose host this is.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/headers/
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/tls/tls-options/
 * @see https://ssl-config.mozilla.org/#server=traefik&config=intermediate
 */
export function renderCommonFile(): string {
  const customRequestHeaders = Object.fromEntries(claimedHeaders.map((name) => [name, ""]));
  const file = {
    http: {
      middlewares: {
        [commonMiddlewares.claimedHeaders]: { headers: { customRequestHeaders } },
        [commonMiddlewares.toHttps]: { redirectScheme: { scheme: "https", permanent: true } },
      },
    },
    tls: { options: { default: { minVersion: "VersionTLS12", cipherSuites, sniStrict: true } } },
  };
  return `# ${generatedHeader}\n${traefikYaml(file)}`;
}
