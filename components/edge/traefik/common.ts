import { generatedHeader } from "../../host/signature.ts";
import { claimedHeaders } from "../claimedHeaders.ts";
import { traefikPaths } from "./unit.ts";
import { traefikYaml } from "./yaml.ts";

/** The file with what all routes of an edge share. No app's file has this name: those begin with a letter. */
export const commonFile = `${traefikPaths.routes}/_edge.yaml`;

/** Names of its middlewares. */
export const commonMiddlewares = {
  /** Removes headers that only a proxy should set. */
  claimedHeaders: "_claimed-headers",
  /** Redirects plain HTTP to the same URL in HTTPS. */
  toHttps: "_to-https",
} as const;

/** Suites with forward secrecy and authenticated encryption: all of TLS 1.3, and the strong ones of TLS 1.2. */
const cipherSuites = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/**
 * The file's text. A client that names no host, or one without a route, gets no certificate. Scanners connect like
 * that, and one of ours would tell them whose host this is.
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
