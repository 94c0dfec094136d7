import type { z } from "zod";
import { isMap } from "../apps/values.ts";
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
const loginKinds: readonly string[] = ["basicAuth", "digestAuth", "forwardAuth"];

/** The kinds in a list of middlewares, as far as it is one. */
export function kindsOf(middlewares: unknown): string[] {
  return Array.isArray(middlewares) ? middlewares.filter(isMap).flatMap((one) => Object.keys(one)) : [];
}

/** Whether one of them lets nobody through without a login. */
export function asksForLogin(middlewares: readonly Middleware[]): boolean {
  return kindsOf(middlewares).some((kind) => loginKinds.includes(kind));
}

/** Each by a name of its own: its kind, numbered from the second on. */
export function nameMiddlewares(middlewares: readonly Middleware[]): Record<string, Middleware> {
  const kinds = kindsOf(middlewares);
  const names = kinds.map((kind, index) => {
    const before = kinds.slice(0, index).filter((other) => other === kind).length;
    return `${kind.toLowerCase()}${before === 0 ? "" : `-${before + 1}`}`;
  });
  return Object.fromEntries(middlewares.map((definition, index) => [names[index] ?? "", definition]));
}

const options = opaqueMap("its options").optional();

export const middleware = section(Object.fromEntries(middlewareKinds.map((kind) => [kind, options])))
  .refine((written) => Object.keys(written).length === 1, {
    error: "a middleware is of one kind. Write each as an item of its own, such as `- compress: {}`.",
    // An unknown kind has been reported already.
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ minProperties: 1, maxProperties: 1, id: "middleware" });

/** A Traefik middleware as its documentation writes it: one kind, and that kind's options. */
export type Middleware = z.output<typeof middleware>;
