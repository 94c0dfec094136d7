import { domainToASCII } from "node:url";

/** A filter of records by name; empty for a non-ASCII name, since the expected form is not documented. */
export function nameFilter(kind: "exact" | "endswith", name: string): { name?: Record<string, string> } {
  return /\bxn--/.test(name) ? {} : { name: { [kind]: name } };
}

/** A host name in ASCII; invalid text is returned as it is. */
export function toAscii(name: string): string {
  return domainToASCII(name) || name;
}
