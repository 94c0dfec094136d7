import { domainToASCII } from "node:url";

/** A filter of records by their name; none for a name beyond ASCII, as it is not documented in which form it is taken. */
export function nameFilter(kind: "exact" | "endswith", name: string): { name?: Record<string, string> } {
  return /\bxn--/.test(name) ? {} : { name: { [kind]: name } };
}

/** A host name in ASCII; a text that is none stays as it is. */
export function toAscii(name: string): string {
  return domainToASCII(name) || name;
}
