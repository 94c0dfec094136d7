const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Lower case, without the dot at the end. A name that is not within the zone is taken as relative
 * to it (`@` is the zone itself), as Cloudflare does, unless it is said to be `absolute`.
 */
export function canonicalName(
  name: string,
  zone: string,
  form: "relative" | "absolute" = "relative",
): string {
  const plain = name.trim().toLowerCase().replace(/\.$/, "");
  if (plain === "@") return zone;
  if (form === "absolute" || plain === zone || plain.endsWith(`.${zone}`)) return plain;
  return `${plain}.${zone}`;
}

/** What may stand on the left of a record: a host name, underscores allowed, perhaps `*.` before it. */
export function isOwnerName(name: string): boolean {
  return isHostName(name.replace(/^\*\./, ""));
}

export function isHostName(name: string): boolean {
  return name.length <= 253 && name.split(".").every((part) => label.test(part));
}
