import { isMap, isScalar } from "yaml";
import type { Document } from "yaml";
import { unknownNamespace } from "../rules/keys.ts";
import { didYouMean } from "../schema/didYouMean.ts";
import { show } from "../schema/problems.ts";
import { offsetOf } from "./syntax.ts";
import type { TextProblem } from "./syntax.ts";

/** Top-level keys of a stack's file that Pulumi reads; it writes all except `config` itself, or for its services. */
export const pulumiKeys: readonly string[] = [
  "config",
  "secretsprovider",
  "encryptedkey",
  "encryptionsalt",
  "environment",
];

/** Result of reading the structure around the options. */
export interface Layout {
  /** Whether there is no place for options. They are then misplaced rather than missing. */
  hasNoConfig: boolean;
  problems: TextProblem[];
}

/** Errors in the structure around the options, which Pulumi ignores silently. */
export function readLayout({ contents }: Document.Parsed): Layout {
  if (isEmpty(contents)) return { hasNoConfig: false, problems: [] };
  if (!isMap(contents)) {
    return {
      hasNoConfig: true,
      problems: [{ offset: offsetOf(contents) ?? 0, message: `not a map. ${fix}` }],
    };
  }
  const problems: TextProblem[] = [];
  let config: unknown;
  for (const { key, value } of contents.items) {
    const name = isScalar(key) ? String(key.value) : "";
    if (name === "config") config = value;
    if (name === "config" && !isEmpty(value) && !isMap(value))
      problems.push({ offset: offsetOf(value) ?? 0, message: `config: not a map. ${fix}` });
    if (!pulumiKeys.includes(name)) problems.push({ offset: offsetOf(key) ?? 0, message: wrongKey(name) });
  }
  return { hasNoConfig: !isMap(config) && problems.length > 0, problems };
}

const fix = "Write `config:`, and the options below it, indented.";

function wrongKey(name: string): string {
  if (name.includes(":")) {
    const place = "belongs below `config:`, indented: here it is ignored.";
    const slip = unknownNamespace(name);
    return `${name}: ${slip === undefined ? place : `${slip} It ${place}`}`;
  }
  const meant = didYouMean(name, pulumiKeys);
  const advice = meant ? `Did you mean ${meant}?` : "An option belongs below `config:`, indented.";
  return `${show(name)} is ignored. ${advice}`;
}

function isEmpty(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}
