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

/** Those that keep somebody out: without them more people reach an app. */
export const guardKinds: readonly string[] = [...loginKinds, "ipAllowList"];

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

const options = opaqueMap("its options");

/** HTTP/2 drops a header whose value has a line break, without a word. */
const headerOptions = options.superRefine((written, context) => {
  for (const [path, text] of textsOf(written)) {
    if (!/[\r\n]/.test(text)) continue;
    const message =
      "a header has one line, and this one would never be sent. In YAML `>-` folds lines into one.";
    context.addIssue({ code: "custom", path, message });
  }
});

/** Every text in a value, with the way to it. */
function textsOf(value: unknown, path: string[] = []): [path: string[], text: string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, [...path, key]));
}

const optionsByKind = middlewareKinds.map(
  (kind) => [kind, (kind === "headers" ? headerOptions : options).optional()] as const,
);

export const middleware = section(Object.fromEntries(optionsByKind))
  .refine((written) => Object.keys(written).length === 1, {
    error: "a middleware is of one kind. Write each as an item of its own, such as `- compress: {}`.",
    // An unknown kind has been reported already.
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ minProperties: 1, maxProperties: 1, id: "middleware" });

/** A Traefik middleware as its documentation writes it: one kind, and that kind's options. */
export type Middleware = z.output<typeof middleware>;
