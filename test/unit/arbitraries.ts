import fc from "fast-check";

/** Any text, including control characters and lone surrogates. */
export const anyText = fc.string({ unit: "binary" });

export const dnsLabel = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);

/** A map of JSON values. */
export const jsonMap = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<Record<string, unknown>>;
