import { isAlias, isMap, isScalar, isSeq, visit } from "yaml";
import type { Document, Pair, YAMLMap } from "yaml";
import { show, withNamespace } from "../schema/problems.ts";

/** An error in the text itself, at an offset. */
export interface TextProblem {
  offset: number;
  message: string;
}

/**
 * Errors that prevent reading a document: the parser's own, and those that it reports late, or never, when it creates
 * the document's values.
 *
 * @param lineOf the line of an offset
 */
export function syntaxProblems(document: Document.Parsed, lineOf: (offset: number) => number): TextProblem[] {
  if (document.errors.length > 0) {
    return document.errors.map(({ code, pos, message }) => ({
      offset: pos[0],
      message: inOurWords[code] ?? message.split(/ at line |\n/, 1)[0] ?? message,
    }));
  }
  const config: unknown = document.get("config", true);
  const problems: TextProblem[] = [];
  const report = (node: unknown, message: string | undefined) => {
    if (message !== undefined) problems.push({ offset: offsetOf(node) ?? 0, message });
  };
  visit(document, {
    Alias: (_, alias, path) => {
      const target = alias.resolve(document);
      const { source } = alias;
      if (target === undefined)
        report(
          alias,
          `&${source} is not defined before this alias. Write the value here, or add &${source} to an ` +
            "earlier value.",
        );
      else if (path.includes(target))
        report(alias, "refers to a value that contains this alias. Write the value here.");
    },
    Map: (_, map) => {
      // Pulumi gives a key without a namespace the project's.
      const nameOf = map === config ? withNamespace : (key: string) => key;
      for (const { key, first } of repeatedKeys(map, nameOf)) {
        const line = lineOf(offsetOf(first) ?? 0);
        report(key, `${show(textOf(key))} is already set in line ${line}. Keep one of them.`);
      }
    },
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || isObject(key.value))
        report(key, "a key must be plain text. Put it in quotes to use it as it is.");
      else if (isMergeKey(key) && !canBeMerged(value, document))
        report(key, "must be a map or an alias of one. Write `<<: *name`, with &name at that map.");
    },
  });
  return problems.sort((a, b) => a.offset - b.offset);
}

const inOurWords: Record<string, string> = {
  MULTIPLE_DOCS: "starts a second document, and Pulumi reads only the first. Remove the line `---`.",
  RESOURCE_EXHAUSTION: "nested too deeply.",
};

/** Duplicate keys of a map, each with its previous occurrence. */
function repeatedKeys(map: YAMLMap, nameOf: (key: string) => string) {
  const firsts = new Map<string, unknown>();
  const repeated: { key: unknown; first: unknown }[] = [];
  for (const { key } of map.items) {
    if (!isScalar(key) || isMergeKey(key)) continue;
    const name = nameOf(textOf(key));
    if (firsts.has(name)) repeated.push({ key, first: firsts.get(name) });
    else firsts.set(name, key);
  }
  return repeated;
}

/** The text of a key, which may be a number or missing. */
function textOf(key: unknown): string {
  const value = isScalar(key) ? key.value : null;
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isMergeKey(key: Pair["key"]): boolean {
  return isScalar(key) && typeof key.value === "symbol";
}

function canBeMerged(value: unknown, document: Document): boolean {
  const source = isAlias(value) ? value.resolve(document) : value;
  // An unresolved alias is reported elsewhere.
  if (source === undefined) return isAlias(value);
  return isMap(source) || (isSeq(source) && source.items.every((item) => canBeMerged(item, document)));
}

/** Start of a node; `undefined` if it is not in the text. */
export function offsetOf(node: unknown): number | undefined {
  return isAlias(node) || isMap(node) || isScalar(node) || isSeq(node) ? node.range?.[0] : undefined;
}
