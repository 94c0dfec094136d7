import { randomBytes } from "node:crypto";

/** The resource's logical name: what follows the last `::` of its URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The resource's own type: the last one in the `$`-separated chain of its parents' types. */
export function typeOf(urn: string): string {
  const chain = urn.split("::")[2] ?? "";
  return chain.slice(chain.lastIndexOf("$") + 1);
}

/** Eight random hexadecimal digits, as in the engine's own auto-naming. */
export function randomSuffix(): string {
  return randomBytes(4).toString("hex");
}
