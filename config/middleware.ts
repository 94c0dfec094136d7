import type { z } from "zod";
import { opaqueMap, section } from "./fields.ts";

/**
 * Traefik's HTTP middlewares that a route file can hold. A kind that Traefik does not know makes it drop the whole
 * file. `chain` would name other files' middlewares, `plugin` needs what our static configuration does not load.
 * See https://doc.traefik.io/traefik/middlewares/http/overview/
 */
export const middlewareKinds = [
  "addPrefix",
  "basicAuth",
  "buffering",
  "circuitBreaker",
  "compress",
  "contentType",
  "digestAuth",
  "encodedCharacters",
  "errors",
  "forwardAuth",
  "grpcWeb",
  "headers",
  "inFlightReq",
  "ipAllowList",
  "passTLSClientCert",
  "rateLimit",
  "redirectRegex",
  "redirectScheme",
  "replacePath",
  "replacePathRegex",
  "retry",
  "stripPrefix",
  "stripPrefixRegex",
] as const;

/** Those that let nobody through without a login. */
export const loginKinds: readonly string[] = ["basicAuth", "digestAuth", "forwardAuth"];

const options = opaqueMap("its options").optional();

export const middleware = section(Object.fromEntries(middlewareKinds.map((kind) => [kind, options]))).refine(
  (written) => Object.keys(written).length === 1,
  "a middleware is of one kind. Write each kind below a name of its own, such as `compress: { compress: {} }`.",
);

/** A Traefik middleware as its documentation writes it: one kind, and that kind's options. */
export type Middleware = z.output<typeof middleware>;
