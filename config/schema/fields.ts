import { z } from "zod";
import { didYouMean } from "./didYouMean.ts";
import { show } from "./problems.ts";
import { looksSecret } from "./secretText.ts";

/*
 * The field kinds of the schema. Each words its errors itself, from a predicate of the value and the fix, so that zod's
 * wording ("expected string, received number") never reaches a user. The metadata contains the JSON Schema for editors,
 * which may be looser than the checks, never stricter.
 */

declare module "zod" {
  interface GlobalMeta {
    /** What applies without the option, in words, if it has no fixed default. */
    fallback?: string;
    /** The vendor's documentation. */
    see?: string;
  }
}

interface TextRules {
  /** Description of a valid text, with its article: "an IPv4 address". */
  kind: string;
  /** A valid value, for the error message. */
  example: string;
  /** Its pattern, for editors. */
  pattern?: RegExp;
  /** Whether the text is valid. @default whether `pattern` matches */
  valid?: (text: string) => boolean;
  /** How to find the value, if an example does not help. A whole sentence. */
  hint?: string;
  /** The probably intended value; offered only if it is valid. */
  suggest?: (text: string) => string;
}

export function text({ kind, example, pattern, valid, hint, suggest }: TextRules): z.ZodString {
  const fix = hint ?? `Set ${kind}, such as ${example}.`;
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
  const error = ({ input }: { input?: unknown }) => wrong(input, kind, `Set ${kind}, such as ${example}.`);
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
        meant ? `Did you mean ${meant}?` : `Set ${choices.join(" or ")}.`,
      );
    },
  });
}

export function flag() {
  return z.boolean({
    error: ({ input }) => wrong(input, "true or false", "Set true or false, without quotes."),
  });
}

/** A map in somebody else's format, such as a chart's values: accepted unchanged. */
export function opaqueMap(owner: string) {
  return z.record(z.string(), z.unknown(), {
    error: ({ input }) => wrong(input, "a map", `Write ${owner} as nested keys.`),
  });
}

/** A list with at least one item. */
export function listOf<Item extends z.ZodType>(item: Item, what: string) {
  const fix = `Set a list with at least one ${what}.`;
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
        ? // A line per key, which the loader splits again: zod has one message for all of them.
          issue.keys.map((key) => unknownOption(key, options)).join("\n")
        : wrong(issue.input, "a map", `Its options are: ${options.join(", ")}.`),
  });
}

/** The value is not shown: under an unknown key it may be a secret. */
export function unknownOption(key: string, options: readonly string[]): string {
  const meant = didYouMean(key, options);
  return `unknown option. ${meant ? `Did you mean ${meant}?` : `The options here are: ${options.join(", ")}.`}`;
}

function wrong(input: unknown, kind: string, fix: string): string {
  if (input === undefined) return `missing. ${fix}`;
  if (input === null || input === "") return `empty. ${fix}`;
  return `${show(input)} is not ${kind}. ${fix}`;
}
