import { isAlias, isCollection, isMap, isScalar, LineCounter, parseDocument } from "yaml";
import type { Document, Node, Pair } from "yaml";
import isPlainObject from "is-plain-obj";
import { readLayout } from "./layout.ts";
import type { ConfigSource } from "../source.ts";
import { namespace, withNamespace } from "../schema/problems.ts";
import type { Problem } from "../schema/problems.ts";
import { encryptedIn } from "../rules/secrets.ts";
import { offsetOf, syntaxProblems } from "./syntax.ts";
import type { TextProblem } from "./syntax.ts";

/** A place in a file; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

export interface PlacedMessage extends Position {
  message: string;
}

/** The text of a Pulumi.<stack>.yaml, as a config source with line numbers. */
export interface StackFile {
  source: ConfigSource;
  /** Errors that prevent reading the file. */
  syntaxErrors: PlacedMessage[];
  /** Errors around the options, which can still be read. */
  layoutErrors: PlacedMessage[];
  /** Position of a problem: its value or key, or the parent of what is missing. */
  locate(problem: Problem): Position;
}

export function readStackFile(text: string): StackFile {
  const lines = new LineCounter();
  // Parsed like Pulumi does, except for duplicate keys, which `syntaxProblems` reports with their first occurrence.
  const document = parseDocument(text, { lineCounter: lines, merge: true, uniqueKeys: false });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const placed = ({ offset, message }: TextProblem) => ({ ...position(offset), message });
  const errors = syntaxProblems(document, (offset) => lines.linePos(offset).line);
  const [content, failures] = errors.length > 0 ? [{}, errors] : contentOf(document);
  const layout = readLayout(document);
  return {
    source: sourceOf(content),
    syntaxErrors: [...failures, ...(layout.hasNoConfig && failures.length === 0 ? layout.problems : [])].map(
      placed,
    ),
    layoutErrors: layout.problems.map(placed),
    locate: (problem) => position(offsetOfProblem(problem, document)),
  };
}

/** The document's values. The parser has limits, such as for aliases of aliases. */
function contentOf(document: Document.Parsed): [content: unknown, failures: TextProblem[]] {
  try {
    return [document.toJS(), []];
  } catch (error) {
    return [{}, [{ offset: 0, message: `cannot be read: ${error instanceof Error ? error.message : ""}` }]];
  }
}

function sourceOf(content: unknown): ConfigSource {
  const config = isPlainObject(content) && isPlainObject(content.config) ? content.config : {};
  // Pulumi gives a key without a namespace the project's.
  const values = new Map(Object.entries(config).map(([key, value]) => [withNamespace(key), value]));
  const prefix = `${namespace}:`;
  return {
    get: (key) => values.get(prefix + key),
    keys: () =>
      [...values.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)),
    namesIn: (key) => {
      const value = values.get(prefix + key);
      // A map that was encrypted as a whole shows no names.
      return isPlainObject(value) && encryptedIn(value, [])[0]?.length !== 0 ? Object.keys(value) : undefined;
    },
    // Pulumi treats a whole key as a secret if any value inside it is encrypted.
    encryption: () =>
      Object.fromEntries([...values].map(([key, value]) => [key, encryptedIn(value, []).length > 0])),
  };
}

function offsetOfProblem({ path, ofKey }: Problem, document: Document.Parsed): number {
  const [key = "", ...steps] = path;
  const targetOf = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  let at = findPair(document.contents, "config");
  let offset = at?.key.range?.[0] ?? 0;
  const pair = findPair(at?.value, withNamespace(String(key))) ?? findPair(at?.value, String(key));
  if (pair === undefined) return offset;
  at = pair;
  offset = at.key.range?.[0] ?? offset;
  let node = targetOf(at.value);
  for (const step of steps) {
    const inside = typeof step === "number" ? undefined : findPair(node, step);
    const start = inside?.key ?? (isCollection(node) ? node.get(step, true) : undefined);
    node = targetOf(inside ? inside.value : start);
    // Merged content has its position elsewhere, so the position of the merging map is used.
    if (offsetOf(start) === undefined) return offset;
    offset = offsetOf(start) ?? offset;
  }
  return !ofKey && isScalar(node) && node.value !== null ? (offsetOf(node) ?? offset) : offset;
}

function findPair(map: unknown, key: string): Pair<Node> | undefined {
  if (!isMap(map)) return undefined;
  return map.items.find((pair): pair is Pair<Node> => isScalar(pair.key) && String(pair.key.value) === key);
}
