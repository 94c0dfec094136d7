import { z } from "zod";
import { didYouMean } from "./didYouMean.ts";
import { show } from "./problems.ts";
import { looksSecret } from "./secretText.ts";

/*
 * The kinds of field that the schema is made of. Each words its own errors, as a predicate of the value and the
 * fix, so that none of zod's own wording ("expected string, received number") reaches a user. What JSON Schema can
 * say of a field, for editors, stands in its metadata: it may know less than the checks, never more.
 */

declare module "zod" {
  interface GlobalMeta {
    /** What holds while the option is left out, in words, where no fixed value does. */
    fallback?: string;
    /** Where the vendor documents it. */
    see?: string;
  }
}

interface TextRules {
  /** What the text must be, with its article: "an IPv4 address". */
  kind: string;
  /** A good value, for the error message. */
  example: string;
  /** What it looks like, for editors. */
  pattern?: RegExp;
  /** Whether it is one. @default whether `pattern` fits */
  valid?: (text: string) => boolean;
  /** Where to find the value, where an example does not help. A whole sentence. */
  hint?: string;
  /** What somebody who wrote this probably meant; offered only where it is valid. */
  suggest?: (text: string) => string;
}

export function text({ kind, example, pattern, valid, hint, suggest }: TextRules): z.ZodString {
  const fix = hint ?? `Write ${kind}, such as ${example}.`;
  const isValid = valid ?? ((text: string) => pattern?.test(text) ?? true);
  return z
    .string({ error: ({ input }) => wrong(input, kind, fix) })
    .refine(isValid, {
      error: ({ input }) => {
        const safe = typeof input === "string" && looksSecret(input) === undefined;
        const meant = safe ? suggest?.(input) : undefined;
        return wrong(input, kind, meant !== undefined && isValid(meant) ? `Did you mean ${meant}?` : fix);
      },
    })
    .meta({
      ...(pattern && { pattern: pattern.source }),
      ...(example !== "" && { examples: [example] }),
    });
}

/** A whole number within a range, both ends included. */
export function integer(first: number, last: number, example: number) {
  const kind = `a whole number from ${first} to ${last}`;
  const error = ({ input }: { input?: unknown }) => wrong(input, kind, `Write ${kind}, such as ${example}.`);
  return z
    .number({ error })
    .refine((value) => Number.isInteger(value) && value >= first && value <= last, { error })
    .meta({ type: "integer", minimum: first, maximum: last });
}

export function choice<const Choice extends string>(choices: readonly Choice[]) {
  return z.enum(choices, {
    error: ({ input }) => {
      const meant = typeof input === "string" ? didYouMean(input, choices) : undefined;
      return wrong(
        input,
        choices.join(" or "),
        meant ? `Did you mean ${meant}?` : `Write ${choices.join(" or ")}.`,
      );
    },
  });
}

export function flag() {
  return z.boolean({
    error: ({ input }) => wrong(input, "true or false", "Write true or false, without quotes."),
  });
}

/** A map of values that belong to somebody else, such as a chart: taken as they are. */
export function opaqueMap(owner: string) {
  return z.record(z.string(), z.unknown(), {
    error: ({ input }) => wrong(input, "a map", `Write ${owner} as nested keys.`),
  });
}

/** A list with at least one item. */
export function listOf<Item extends z.ZodType>(item: Item, what: string) {
  const fix = `Write a list with at least one ${what}.`;
  const error = ({ input }: { input?: unknown }) =>
    Array.isArray(input) ? `the list is empty. ${fix}` : wrong(input, "a list", fix);
  return z.array(item, { error }).min(1, { error });
}

/** One item, or a list of them. */
export function oneOrMore<Item extends z.ZodType>(item: Item, what: string) {
  return z.union([item, listOf(item, what)]);
}

/** A map with these options and no others. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const options = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? // One line a key, which the loader takes apart again: zod has one message for all of them.
          issue.keys.map((key) => unknownOption(key, options)).join("\n")
        : wrong(issue.input, "a map", `Its options are: ${options.join(", ")}.`),
  });
}

/** The value stays unsaid: under an unknown key it may be a secret. */
export function unknownOption(key: string, options: readonly string[]): string {
  const meant = didYouMean(key, options);
  return `unknown option. ${meant ? `Did you mean ${meant}?` : `The options here are: ${options.join(", ")}.`}`;
}

function wrong(input: unknown, kind: string, fix: string): string {
  if (input === undefined) return `missing. ${fix}`;
  if (input === null || input === "") return `empty. ${fix}`;
  return `${show(input)} is not ${kind}. ${fix}`;
}
