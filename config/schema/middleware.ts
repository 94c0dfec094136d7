import { isIPv4 } from "node:net";
import type { z } from "zod";
import isPlainObject from "is-plain-obj";
import { opaqueMap, section, unknownOption } from "./fields.ts";
import { isPublicAddress } from "../../components/inputs/networks.ts";
import { loginKinds } from "../../components/route/middlewareKinds.ts";
import { didYouMean } from "./didYouMean.ts";

/**
 * Traefik's HTTP middlewares that are allowed in a route file. An unknown kind makes Traefik drop the whole file.
 * `chain` would refer to other files' middlewares, and `plugin` needs a plugin that our static configuration does not
 * load. See https://doc.traefik.io/traefik/middlewares/http/overview/
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

export function isLoginKind(kind: string): boolean {
  return loginKinds.includes(kind);
}

/** The kinds in a list of middlewares; invalid parts are ignored. */
export function kindsOf(middlewares: unknown): string[] {
  return Array.isArray(middlewares)
    ? middlewares.filter(isPlainObject).flatMap((one) => Object.keys(one))
    : [];
}

/**
 * Whether one of them requires a login. The server of `forwardAuth` must be the user's own: in the same domain, or not
 * reachable from the internet. Any other owner could admit anybody.
 */
export function asksForLogin(middlewares: unknown, domain: string): boolean {
  const definitions = Array.isArray(middlewares) ? middlewares.filter(isPlainObject) : [];
  return definitions.some((definition) =>
    Object.entries(definition).some(([kind, written]) =>
      kind === "forwardAuth" ? asksOwn(written, domain) : isLoginKind(kind),
    ),
  );
}

function asksOwn(written: unknown, domain: string): boolean {
  const address = isPlainObject(written) ? written.address : undefined;
  // A missing address is reported elsewhere.
  if (typeof address !== "string") return true;
  if (!URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  const isName = !isIPv4(hostname) && !hostname.startsWith("[");
  if (!isName) return isOwnAddress(hostname);
  return hostname === domain || hostname.endsWith(`.${domain}`) || !hostname.includes(".");
}

/** IPv4, or IPv6 in brackets, as in `URL`. */
function isOwnAddress(hostname: string): boolean {
  return isIPv4(hostname) ? !isPublicAddress(hostname) : /^\[(::1|f[cd]..:.*)\]$/.test(hostname);
}

const options = opaqueMap("its options");

/**
 * Options of the access-restricting kinds. Only likely misspellings of these are refused, since a newer Traefik may
 * have more.
 */
const knownOptions: Readonly<Record<string, readonly string[]>> = {
  basicAuth: ["users", "usersFile", "realm", "headerField", "removeHeader"],
  digestAuth: ["users", "usersFile", "realm", "headerField", "removeHeader"],
  forwardAuth: [
    "address",
    "tls",
    "trustForwardHeader",
    "authResponseHeaders",
    "authResponseHeadersRegex",
    "authRequestHeaders",
    "addAuthCookiesToResponse",
    "headerField",
    "forwardBody",
    "maxBodySize",
    "preserveLocationHeader",
    "preserveRequestMethod",
    "maxResponseBodySize",
  ],
  inFlightReq: ["amount", "sourceCriterion"],
  ipAllowList: ["sourceRange", "ipStrategy", "rejectStatusCode"],
  rateLimit: ["average", "period", "burst", "sourceCriterion", "redis"],
};

function withoutSlips(known: readonly string[]) {
  return options.superRefine((written, context) => {
    for (const key of Object.keys(written)) {
      // Traefik accepts option names in any case.
      if (known.some((name) => name.toLowerCase() === key.toLowerCase())) continue;
      if (didYouMean(key, known) === undefined) continue;
      context.addIssue({ code: "custom", path: [key], message: unknownOption(key, known) });
    }
  });
}

/** HTTP/2 silently drops a header if its name is not a token, or if its value has a control character. */
const headerOptions = options.superRefine((written, context) => {
  for (const [path, text] of textsOf(written)) {
    // eslint-disable-next-line no-control-regex -- these are what it looks for
    if (!/[\0-\x08\n-\x1f\x7f]/.test(text)) continue;
    const message =
      "has a line break or another control character, so the header would never be sent. " +
      "In YAML `>-` folds lines into one.";
    context.addIssue({ code: "custom", path, message });
  }
  for (const [option, headers] of Object.entries(written)) {
    if (!/^custom(request|response)headers$/i.test(option) || !isPlainObject(headers)) continue;
    for (const name of Object.keys(headers)) {
      // https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
      if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) continue;
      const message = "is not a valid header name. Use letters, digits and hyphens, such as X-Robots-Tag.";
      context.addIssue({ code: "custom", path: [option, name], message });
    }
  }
});

/** A service of another file belongs to another app, and would bypass that app's guards. */
const errorsOptions = options.superRefine((written, context) => {
  const named = Object.keys(written).find((key) => key.toLowerCase() === "service");
  if (named === undefined) return;
  const message = "has no effect: error pages always come from the app itself. Remove it.";
  context.addIssue({ code: "custom", path: [named], message });
});

function optionsOf(kind: (typeof middlewareKinds)[number]) {
  if (kind === "headers") return headerOptions;
  if (kind === "errors") return errorsOptions;
  const known = knownOptions[kind];
  return known === undefined ? options : withoutSlips(known);
}

/** Every text in a value, with its path. */
function textsOf(value: unknown, path: string[] = []): [path: string[], text: string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, [...path, key]));
}

const optionsByKind = middlewareKinds.map((kind) => [kind, optionsOf(kind).optional()] as const);

export const middleware = section(Object.fromEntries(optionsByKind))
  .refine((written) => Object.keys(written).length === 1, {
    error:
      "must have exactly one kind. Write each middleware as an item of its own, such as `- compress: {}`.",
    // An unknown kind has been reported already.
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ minProperties: 1, maxProperties: 1, id: "middleware" });

/** A Traefik middleware as its documentation writes it: one kind, and that kind's options. */
export type Middleware = z.output<typeof middleware>;
