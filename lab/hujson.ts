const comment = /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g;
const trailingComma = /("(?:[^"\\]|\\.)*")|(?<![[{,]\s*),(?=\s*[}\]])/g;

/** Converts HuJSON (JSON with comments and trailing commas) to JSON; everything else keeps its line and column. */
export function standardize(hujson: string): string {
  const blank = (match: string, string: string | undefined): string => string ?? match.replace(/[^\n]/g, " ");
  return hujson.replace(comment, blank).replace(trailingComma, blank);
}

/** https://github.com/tailscale/hujson */
export function parseHujson(hujson: string): unknown {
  return JSON.parse(standardize(hujson));
}
